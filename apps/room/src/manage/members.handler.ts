import { Controller } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { type ParsedRequestOf, type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { BanQuota } from './ban-quota.js';
import { MemberRemoval } from './member-removal.js';
import { RoomCloser } from './room-closer.js';

/** Kicks that application servers and operators request. */
@Controller()
export class MembersHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly removal: MemberRemoval,
    private readonly closer: RoomCloser,
    private readonly quota: BanQuota,
  ) {}

  @RpcHandler(roomAdminRpc.kickUser)
  async kick({
    appId,
    roomId,
    userId,
    reason,
    blockSeconds,
  }: ParsedRequestOf<typeof roomAdminRpc.kickUser>): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    if (blockSeconds !== undefined) {
      await this.block(appId, roomId, userId, { forMs: blockSeconds * 1000, onlyProlong: true });
    }
    return {
      roomIds:
        roomId === undefined
          ? await this.removal.removeFromAll(appId, userId, reason)
          : await this.removal.removeFromRoom(appId, roomId, userId, reason),
    };
  }

  @RpcHandler(roomAdminRpc.closeRoom)
  async close({
    appId,
    roomId,
    reason,
  }: ParsedRequestOf<typeof roomAdminRpc.closeRoom>): Promise<ReplyOf<typeof roomAdminRpc.closeRoom>> {
    return { members: await this.closer.close(appId, roomId, reason) };
  }

  @RpcHandler(roomAdminRpc.listUserSessions)
  async listSessions({
    appId,
    userId,
  }: ParsedRequestOf<typeof roomAdminRpc.listUserSessions>): Promise<
    ReplyOf<typeof roomAdminRpc.listUserSessions>
  > {
    const { rooms, sessions } = await this.store.reader.readUser(appId, userId);
    return {
      sessions: sessions.flatMap(({ sessionId, state, mode, gatewayId, clientAddress, graceEndMs }) => {
        if (state !== 'live' && state !== 'suspended') {
          return [];
        }
        return [
          {
            ...{ sessionId, state, gatewayId },
            ...(mode === undefined ? {} : { mode }),
            ...(clientAddress === undefined ? {} : { clientAddress }),
            ...(state === 'live' || graceEndMs === undefined ? {} : { graceEndMs }),
            roomIds: rooms.filter((room) => room.sessionId === sessionId).map(({ roomId }) => roomId),
          },
        ];
      }),
    };
  }

  /** The block is a ban, and is counted and listed as one. */
  private async block(
    appId: number,
    roomId: string | undefined,
    userId: string,
    time: { forMs: number; onlyProlong: boolean },
  ): Promise<void> {
    const { bans } = this.store;
    await this.quota.count(appId, roomAdminRpc.toBanText({ roomId, userId, privilege: 'login' }), time);
    await (roomId === undefined
      ? bans.setUser(appId, userId, time)
      : bans.setUserInRoom(appId, roomId, userId, time));
  }
}
