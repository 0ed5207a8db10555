import { Controller, Inject } from '@nestjs/common';
import { EntitlementCache, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import { AppError, type ParsedRequestOf, type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { AppQuotas } from '../login/app-quotas.js';
import { roomCheckEveryMs } from '../reconcile/room-checker.js';
import { RoomFacts } from '../room-facts.js';

const counted = [
  ['maxRooms', 'rooms'],
  ['maxUsers', 'users'],
  ['maxSessions', 'sessions'],
  ['maxInteropSessions', 'interop'],
  ['maxBans', 'bans'],
] as const;

/** Rooms that the application server creates, and attributes of rooms. */
@Controller()
export class RoomsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
    private readonly quotas: AppQuotas,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  @RpcHandler(roomAdminRpc.createRoom)
  async create({
    appId,
    roomId,
    maxMemberCount,
    keepMs,
    ifMatch,
  }: ParsedRequestOf<typeof roomAdminRpc.createRoom>): Promise<ReplyOf<typeof roomAdminRpc.createRoom>> {
    // Not counted first: the change of a room that has ended would count it.
    if (ifMatch !== undefined && (await this.store.settings.read(appId, roomId)) === undefined) {
      throw new AppError('REST_PRECONDITION_FAILED');
    }
    const { maxRooms } = await this.entitlements.get(appId);
    await this.quotas.countRoom(appId, roomId, maxRooms);
    // Reminder first: if the process crashes in between, an empty room without one would stay forever.
    await this.store.leases.remindOfRoom(appId, roomId, roomCheckEveryMs);
    const reply = await this.store.settings.set(appId, roomId, { maxMemberCount, keepMs, ifMatch });
    await this.store.roomList.add(appId, roomId);
    return reply;
  }

  @RpcHandler(roomAdminRpc.readRoomSettings)
  async readSettings({
    appId,
    roomId,
  }: ParsedRequestOf<typeof roomAdminRpc.readRoomSettings>): Promise<
    ReplyOf<typeof roomAdminRpc.readRoomSettings>
  > {
    const settings = await this.store.settings.read(appId, roomId);
    if (settings === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT');
    }
    return settings;
  }

  @RpcHandler(roomAdminRpc.setRoomAttributes)
  async setAttributes(
    @Payload()
    {
      appId,
      roomId,
      session,
      epoch,
      changes,
      ifMatch,
    }: ParsedRequestOf<typeof roomAdminRpc.setRoomAttributes>,
    @Ctx() { authority }: RequestContext,
  ): Promise<ReplyOf<typeof roomAdminRpc.setRoomAttributes>> {
    if (session === undefined && authority === undefined) {
      throw new AppError('AUTHORITY_INVALID');
    }
    const { maxRoomAttributes } = await this.entitlements.get(appId);
    const by =
      session === undefined
        ? { userId: '' }
        : { userId: session.userId, sessionId: session.sessionId, epoch: epoch ?? 0 };
    const { roomEpoch, seq, attributes, etag } = await this.store.attributes.set(
      appId,
      roomId,
      by,
      changes.map(({ key, value, version }) => ({ key, value, version })),
      { maxKeys: maxRoomAttributes, ifMatch },
    );
    this.facts.publish(appId, roomId, {
      type: 'attributesChanged',
      roomEpoch,
      seq,
      ...(session === undefined ? {} : { origin: { sessionId: session.sessionId } }),
      attributes,
    });
    return { attributes, etag };
  }

  @RpcHandler(roomAdminRpc.readRoomAttributes)
  readAttributes({
    appId,
    roomId,
  }: ParsedRequestOf<typeof roomAdminRpc.readRoomAttributes>): Promise<
    ReplyOf<typeof roomAdminRpc.readRoomAttributes>
  > {
    return this.store.attributes.read(appId, roomId);
  }

  @RpcHandler(roomAdminRpc.listRooms)
  async listRooms({
    appId,
    prefix,
    cursor,
    limit,
  }: ParsedRequestOf<typeof roomAdminRpc.listRooms>): Promise<ReplyOf<typeof roomAdminRpc.listRooms>> {
    const { rooms, next } = await this.store.roomList.page(appId, { prefix, after: cursor, limit });
    return { rooms, ...(next === undefined ? {} : { next }) };
  }

  @RpcHandler(roomAdminRpc.readQuotas)
  async readQuotas({
    appId,
  }: ParsedRequestOf<typeof roomAdminRpc.readQuotas>): Promise<ReplyOf<typeof roomAdminRpc.readQuotas>> {
    const limits = await this.entitlements.get(appId);
    const quotas = await Promise.all(
      counted.map(async ([name, what]) => {
        const limit = limits[name];
        // Bans are counted for their list, too.
        const isCounted = limit > 0 || what === 'bans';
        return { name, limit, ...(isCounted ? { used: await this.store.quotas.used(appId, what) } : {}) };
      }),
    );
    return { quotas };
  }

  @RpcHandler(roomAdminRpc.listMembers)
  async listMembers({
    appId,
    roomId,
    cursor,
  }: ParsedRequestOf<typeof roomAdminRpc.listMembers>): Promise<ReplyOf<typeof roomAdminRpc.listMembers>> {
    const page = await this.store.reader.listMembers(appId, roomId, cursor);
    return {
      cursor: page.cursor,
      members: page.members
        .filter(({ hidden }) => !hidden)
        .map(({ userId, userName }) => ({ userId, userName })),
    };
  }
}
