import { Controller, Inject } from '@nestjs/common';
import { Bus, EntitlementCache, RpcHandler } from '@polyroom/bus';
import { AppError, type ParsedRequestOf, type ReplyOf, roomRpc, sessionExpelled } from '@polyroom/contracts';
import { type AdmitResult, type Entered, RoomStore } from '@polyroom/room-store';
import { RoomFacts, streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';

type LoginRequest = ParsedRequestOf<typeof roomRpc.login>;

/** A login that is not finished by then was given up by its caller: its slot is free again. */
const enterLeaseMs = 15_000;
const kickedOutCode = new AppError('ROOM_KICKED_OUT').code;

/**
 * Admit on the user's slot, enter on the room's, confirm: the order and the codes are written down in
 * docs/room-rules.md. No step leaves anything behind when a later one refuses.
 */
@Controller()
export class LoginHandler {
  constructor(
    private readonly bus: Bus,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
    private readonly ender: SessionEnder,
  ) {}

  @RpcHandler(roomRpc.login)
  async login(request: LoginRequest): Promise<ReplyOf<typeof roomRpc.login>> {
    const { session, roomId, mode } = request;
    const limits = await this.entitlements.get(session.appId);
    if (mode === 'multi' && !limits.multiRoom) {
      throw new AppError('ROOM_LOGIN_MULTI_ROOM_NOT_OPEN');
    }
    // The gateway answers for the session from here on; a session that is not admitted is not in its list.
    await this.store.leases.bindSession(session, request.gatewayId);
    const admitted = await this.admit(request, limits.maxRoomsPerUser, limits.devicePolicy);
    const epoch = admitted.epoch!;
    let entered: Entered;
    try {
      entered = await this.store.room.enter(session, roomId, {
        epoch,
        userName: request.sessionUserName,
        maxMemberCount: request.maxMemberCount,
        maxMembersPerRoom: limits.maxMembersPerRoom,
      });
    } catch (error) {
      if (!admitted.repeated) {
        await this.giveBack(request, epoch);
      }
      throw error;
    }
    if (!(await this.store.user.confirm(session, roomId, epoch))) {
      // The session was ended or put out while it was entering: the seat goes with it.
      await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.disconnected);
      throw new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT');
    }
    this.facts.entered(
      session,
      roomId,
      { userId: session.userId, userName: request.sessionUserName },
      entered,
    );
    const { roomEpoch, seq, members, streams } = entered;
    return { epoch, snapshot: { roomId, roomEpoch, seq, members, streams } };
  }

  private async admit(
    request: LoginRequest,
    maxRoomsPerUser: number,
    policy: Parameters<RoomStore['user']['admit']>[0]['policy'],
  ): Promise<AdmitResult> {
    const { session, user, mode, maxRooms } = request;
    let admitted: AdmitResult;
    try {
      admitted = await this.store.user.admit({
        session,
        roomId: request.roomId,
        gatewayId: request.gatewayId,
        nodeId: request.nodeId,
        userName: request.sessionUserName,
        mode,
        userMatches: user.userId === session.userId && user.userName === request.sessionUserName,
        limit: mode === 'single' ? 1 : Math.min(maxRoomsPerUser, maxRooms ?? maxRoomsPerUser),
        policy,
        requestId: request.requestId,
        enterLeaseMs,
      });
    } catch (error) {
      await this.unbindUnlessHeld(request);
      throw error;
    }
    await this.clearEvicted(request, admitted);
    if (admitted.refused !== undefined) {
      await this.unbindUnlessHeld(request);
      throw new AppError(admitted.refused);
    }
    return admitted;
  }

  /** Others lose what they held to this login; logins that were never finished lose their seats. */
  private async clearEvicted(request: LoginRequest, admitted: AdmitResult): Promise<void> {
    const { appId, userId } = request.session;
    for (const held of admitted.evicted) {
      const session = { appId, userId, sessionId: held.sessionId };
      await this.ender.clear(session, held, streamRemovedReasons.repeatedLogin);
      await this.store.leases.forgetSuspended(session);
      const { gatewayId } = held;
      this.bus.publish(sessionExpelled, { gatewayId }, { gatewayId, session, code: kickedOutCode });
    }
    for (const { roomId, epoch, sessionId } of admitted.swept) {
      await this.ender.leaveRoom(
        { appId, userId, sessionId },
        roomId,
        epoch,
        streamRemovedReasons.disconnected,
      );
    }
  }

  private async giveBack(request: LoginRequest, epoch: number): Promise<void> {
    const { sessionEnded } = await this.store.user.release(request.session, request.roomId, epoch);
    if (sessionEnded) {
      await this.ender.forget(request.session, request.gatewayId, request.nodeId);
    }
  }

  /** A refused first login leaves no trace; a session with other rooms stays its gateway's. */
  private async unbindUnlessHeld({ session, gatewayId }: LoginRequest): Promise<void> {
    const rooms = await this.store.reader.listUserRooms(session.appId, session.userId);
    if (!rooms.some((room) => room.sessionId === session.sessionId)) {
      await this.store.leases.unbindSession(session, gatewayId);
    }
  }
}
