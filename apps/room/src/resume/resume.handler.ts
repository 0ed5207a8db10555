import { Controller, Inject } from '@nestjs/common';
import { Bus, EntitlementCache, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  type MembershipNote,
  type ParsedRequestOf,
  type ReplyOf,
  roomRpc,
  type RoomSnapshot,
  sessionMoved,
  type SessionRef,
  snapshotMostMembers,
} from '@polyroom/contracts';
import { type Resumed, RoomStore } from '@polyroom/room-store';
import { AddressBans } from '../login/address-bans.js';
import { SessionEnder } from '../sessions/session-ender.js';

type Reply = ReplyOf<typeof roomRpc.resumeSession>;

/** Resumes a session on a gateway: all rooms in one request, a result per room, no facts to other members. */
@Controller()
export class ResumeHandler {
  constructor(
    private readonly bus: Bus,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    private readonly addressBans: AddressBans,
  ) {}

  @RpcHandler(roomRpc.resumeSession)
  async resume(
    @Payload()
    { session, gatewayId, resumeTokenHash, clientAddress }: ParsedRequestOf<typeof roomRpc.resumeSession>,
    @Ctx() context: RequestContext,
  ): Promise<Reply> {
    // Throws 1000037 if the AppID has been disabled.
    await this.entitlements.get(session.appId);
    if (clientAddress !== undefined && (await this.addressBans.has(session.appId, clientAddress))) {
      throw new AppError('COMMON_APP_ACCESS_DENIED');
    }
    // Bound before the record names the gateway: no live session may be missing from its list.
    await this.store.leases.bindSession(session, gatewayId);
    let resumed: Resumed;
    try {
      resumed = await this.store.user.resume(session, gatewayId, {
        tokenHash: resumeTokenHash,
        clientAddress,
        deadlineMs: context.deadlineMs,
      });
    } catch (error) {
      await this.unbindUnlessHeld(session, gatewayId);
      throw error;
    }
    await this.takeFrom(resumed.gatewayId, gatewayId, session, resumed.attach);
    const expired = 'ROOM_TOKEN_EXPIRED_KICKED_OUT';
    for (const room of resumed.expired) {
      await this.ender.takeAway(session, room, expired, undefined);
    }
    return {
      user: { userId: session.userId, userName: resumed.userName },
      mode: resumed.mode,
      ...(resumed.nodeId === undefined ? {} : { nodeId: resumed.nodeId }),
      attach: resumed.attach,
      rooms: resumed.rooms.map(({ roomId, epoch, note }) => ({
        roomId,
        epoch,
        note: JSON.parse(note) as MembershipNote,
      })),
      lost: [
        ...resumed.lost.map(({ roomId, code, reason }) => ({
          roomId,
          code: new AppError(code).code,
          ...(reason === undefined ? {} : { reason }),
        })),
        ...resumed.expired.map(({ roomId }) => ({ roomId, code: new AppError(expired).code })),
      ],
      upstreams: await Promise.all(
        resumed.claims.map(async ({ streamId, channel }) => ({
          streamId,
          channel,
          roomIds: await this.store.reader.sharesOf(session.appId, streamId),
        })),
      ),
    };
  }

  @RpcHandler(roomRpc.readMemberRooms)
  async readRooms({
    session,
    rooms,
  }: ParsedRequestOf<typeof roomRpc.readMemberRooms>): Promise<ReplyOf<typeof roomRpc.readMemberRooms>> {
    const found = await Promise.all(rooms.map((room) => this.readRoom(session, room)));
    return {
      snapshots: found.filter((snapshot) => snapshot !== undefined),
      lostRoomIds: rooms.filter((_, index) => found[index] === undefined).map(({ roomId }) => roomId),
    };
  }

  private async takeFrom(
    formerGatewayId: string,
    gatewayId: string,
    session: SessionRef,
    attach: number,
  ): Promise<void> {
    if (formerGatewayId !== gatewayId) {
      await this.store.leases.unbindSession(session, formerGatewayId);
    }
    this.bus.publish(
      sessionMoved,
      { gatewayId: formerGatewayId },
      { gatewayId: formerGatewayId, session, attach },
    );
  }

  /** Undefined if the membership has ended; the slot is then released too. */
  private async readRoom(
    session: SessionRef,
    { roomId, epoch }: { roomId: string; epoch: number },
  ): Promise<RoomSnapshot | undefined> {
    const [isMember, room] = await Promise.all([
      this.store.reader.isMember(session, roomId, epoch),
      this.store.reader.findRoom(session.appId, roomId, snapshotMostMembers),
    ]);
    if (!isMember || room === undefined) {
      await this.ender.takeAway(session, { roomId, epoch }, 'ROOM_SESSION_EXCEPTION_KICKED_OUT', undefined);
      return undefined;
    }
    return { roomId, ...room };
  }

  private async unbindUnlessHeld({ appId, userId, sessionId }: SessionRef, gatewayId: string): Promise<void> {
    const { sessions } = await this.store.reader.readUser(appId, userId);
    const record = sessions.find((candidate) => candidate.sessionId === sessionId);
    if (record?.gatewayId !== gatewayId) {
      await this.store.leases.unbindSession({ appId, userId, sessionId }, gatewayId);
    }
  }
}
