import { Controller, Inject } from '@nestjs/common';
import { EntitlementCache, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import {
  AppError,
  type Entitlements,
  isHidden,
  type ParsedRequestOf,
  type ReplyOf,
  roomRpc,
  snapshotMostMembers,
} from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { type AdmitResult, type Entered, RoomStore } from '@polyroom/room-store';
import { LimitEvents } from '../events/limit-events.js';
import { roomCheckEveryMs } from '../reconcile/room-checker.js';
import { RoomFacts, streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';
import { LOGGER } from '@polyroom/nest-service';
import { AddressBans } from './address-bans.js';
import { type AddedCounts, AppQuotas } from './app-quotas.js';

type LoginRequest = ParsedRequestOf<typeof roomRpc.login>;

/** The slot of a login that is not confirmed within this time is released. */
const enterLeaseMs = 15_000;

/**
 * Logs a session in to a room in three steps: admit (user), enter (room), confirm (user). docs/room-rules.md
 * has the order and the codes. If a step refuses, the earlier ones are rolled back.
 */
@Controller()
export class LoginHandler {
  constructor(
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
    private readonly ender: SessionEnder,
    private readonly addressBans: AddressBans,
    private readonly quotas: AppQuotas,
    private readonly limitEvents: LimitEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(roomRpc.findBannedAddresses)
  async findBanned({
    appId,
    addresses,
  }: ParsedRequestOf<typeof roomRpc.findBannedAddresses>): Promise<
    ReplyOf<typeof roomRpc.findBannedAddresses>
  > {
    const found = await Promise.all(addresses.map((address) => this.addressBans.has(appId, address)));
    return { banned: addresses.filter((_, index) => found[index]) };
  }

  @RpcHandler(roomRpc.login)
  async login(
    @Payload() request: LoginRequest,
    @Ctx() context: RequestContext,
  ): Promise<ReplyOf<typeof roomRpc.login>> {
    try {
      return await this.tryLogin(request, context);
    } catch (error) {
      const { session, roomId } = request;
      this.limitEvents.refused(error, { appId: session.appId, userId: session.userId, roomId });
      throw error;
    }
  }

  private async tryLogin(
    request: LoginRequest,
    context: RequestContext,
  ): Promise<ReplyOf<typeof roomRpc.login>> {
    const { session, mode, clientAddress } = request;
    const { appId, userId } = session;
    const limits = await this.entitlements.get(appId, userId);
    if (mode === 'multi' && !limits.multiRoom) {
      throw new AppError('ROOM_LOGIN_MULTI_ROOM_NOT_OPEN');
    }
    if (clientAddress !== undefined && (await this.addressBans.has(appId, clientAddress))) {
      throw new AppError('COMMON_APP_ACCESS_DENIED');
    }
    const counts = await this.quotas.countIn(request, limits);
    try {
      return await this.logIn(request, limits, context);
    } catch (error) {
      await this.takeBack(request, counts);
      throw error;
    }
  }

  private async logIn(
    request: LoginRequest,
    limits: Entitlements,
    context: RequestContext,
  ): Promise<ReplyOf<typeof roomRpc.login>> {
    const { session, roomId } = request;
    const { appId, userId } = session;
    const admitted = await this.admit(request, limits, context);
    const { entered, endedStreamIds } = await this.enter(request, admitted, limits);
    const epoch = admitted.epoch!;
    if (!(await this.store.user.confirm(session, roomId, epoch))) {
      // The session was ended or evicted during the login: end the membership too.
      await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.disconnected);
      throw new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT');
    }
    this.facts.entered(session, roomId, { userId, userName: request.sessionUserName }, entered);
    if (entered.isNew) {
      await Promise.all([
        this.store.leases.remindOfRoom(appId, roomId, roomCheckEveryMs),
        this.store.roomList.add(appId, roomId),
      ]);
    }
    const { roomEpoch, seq, memberCount, members, streams, attributes } = entered;
    return {
      epoch,
      snapshot: { roomId, roomEpoch, seq, memberCount, members, streams, attributes },
      endedStreamIds,
    };
  }

  private async admit(
    request: LoginRequest,
    limits: Entitlements,
    context: RequestContext,
  ): Promise<AdmitResult> {
    const { session, user, mode, maxRooms, opens, gatewayId } = request;
    if (opens) {
      // Bound before it is admitted: no live session may be missing from the list of its gateway.
      await this.store.leases.bindSession(session, gatewayId);
    }
    let admitted: AdmitResult;
    try {
      admitted = await this.store.user.admit({
        session,
        roomId: request.roomId,
        gatewayId,
        nodeId: request.nodeId,
        userName: request.sessionUserName,
        mode,
        userMatches: user.userId === session.userId && user.userName === request.sessionUserName,
        limit: mode === 'single' ? 1 : Math.min(limits.maxRoomsPerUser, maxRooms ?? limits.maxRoomsPerUser),
        policy: limits.devicePolicy,
        requestId: request.requestId,
        enterLeaseMs,
        opens,
        tokenHash: request.resumeTokenHash,
        note: JSON.stringify(request.note),
        replaces: request.from?.roomId,
        rightsEndMs: request.note.grants.expiresAtMs,
        ...(request.clientAddress === undefined ? {} : { clientAddress: request.clientAddress }),
        client: request.client,
        deadlineMs: context.deadlineMs,
      });
    } catch (error) {
      await this.unbindUnlessThere(request);
      throw error;
    }
    await this.clearAway(request, admitted);
    if (admitted.refused !== undefined) {
      await this.unbindUnlessThere(request);
      throw new AppError(admitted.refused);
    }
    return admitted;
  }

  /** Leaves the room to switch from, if any, and enters the new one. */
  private async enter(
    request: LoginRequest,
    admitted: AdmitResult,
    limits: Entitlements,
  ): Promise<{ entered: Entered; endedStreamIds: string[] }> {
    const { session, from } = request;
    try {
      const keepsStreams = from?.keepStreams === true;
      const left =
        from === undefined || keepsStreams
          ? undefined
          : await this.ender.logout(session, from.roomId, from.epoch);
      const entered = await this.store.room.enter(session, request.roomId, {
        epoch: admitted.epoch!,
        leaseMs: admitted.leaseMs,
        userName: request.sessionUserName,
        maxMemberCount: request.maxMemberCount,
        maxMembersPerRoom: limits.maxMembersPerRoom,
        mostMembers: snapshotMostMembers,
        hidden: isHidden(request.note.grants, request.roomId),
      });
      if (from !== undefined && keepsStreams) {
        await this.leaveBehind(request, from, admitted.epoch!);
      }
      return { entered, endedStreamIds: left?.endedStreamIds ?? [] };
    } catch (error) {
      if (!admitted.repeated) {
        await this.giveBack(request, admitted.epoch!, error);
      }
      throw error;
    }
  }

  /** Leaves the former room of a move. The place of the new one is confirmed after it. */
  private async leaveBehind(
    { session, roomId }: LoginRequest,
    from: { roomId: string; epoch: number },
    epoch: number,
  ): Promise<void> {
    try {
      await this.ender.logout(session, from.roomId, from.epoch, { keepStreams: true });
    } catch (error) {
      // Left or kicked meanwhile: nothing is moved.
      await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.disconnected);
      throw error;
    }
  }

  /** Cleans up after sessions that this login evicted and after logins that were never confirmed. */
  private async clearAway({ session }: LoginRequest, admitted: AdmitResult): Promise<void> {
    const { appId, userId } = session;
    for (const sessionId of admitted.out) {
      await this.ender.end({ appId, userId, sessionId }, streamRemovedReasons.repeatedLogin);
    }
    for (const { roomId, epoch, sessionId } of admitted.swept) {
      const reason = streamRemovedReasons.disconnected;
      await this.ender.leaveRoom({ appId, userId, sessionId }, roomId, epoch, reason);
    }
  }

  /** Rolls the admission back. If this fails too, the slot's lease expires. */
  private async giveBack(
    { session, roomId, gatewayId, nodeId }: LoginRequest,
    epoch: number,
    error: unknown,
  ): Promise<void> {
    try {
      if (!(error instanceof AppError)) {
        // No reply: the login may have entered the room, or may still do so.
        await this.ender.leaveRoom(session, roomId, epoch, streamRemovedReasons.disconnected);
      }
      const { sessionEnded } = await this.store.user.release(session, roomId, epoch);
      if (sessionEnded) {
        await this.ender.forget(session, gatewayId, nodeId);
      }
    } catch (failure) {
      this.logger.warn({ err: failure, ...session, roomId }, 'slot not released; its lease will expire');
    }
  }

  /** Takes back what a failed login added to the quotas. If this fails too, the counts are found as stale. */
  private async takeBack({ session, roomId }: LoginRequest, counts: AddedCounts): Promise<void> {
    try {
      await this.quotas.takeBack(session.appId, counts);
    } catch (failure) {
      this.logger.warn({ err: failure, ...session, roomId }, 'counts not taken back; they will become stale');
    }
  }

  /** Removes the binding of a refused first login. */
  private async unbindUnlessThere({ session, gatewayId, opens }: LoginRequest): Promise<void> {
    if (!opens) {
      return;
    }
    const { sessions } = await this.store.reader.readUser(session.appId, session.userId);
    if (!sessions.some(({ sessionId }) => sessionId === session.sessionId)) {
      await this.store.leases.unbindSession(session, gatewayId);
    }
  }
}
