import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type ErrorName,
  sessionEnded,
  sessionExpelled,
  type SessionRef,
} from '@polyroom/contracts';
import { RoomStore, sessionCountId } from '@polyroom/room-store';
import { removedReasonName, RoomFacts, streamRemovedReasons } from '../room-facts.js';

/** How long a late login is rejected. Longer than the lease between admit and enter. */
const fenceMs = 30_000;
const emptyRoomCheckMs = 1000;

/** Ends sessions and memberships. Each step is idempotent: any instance can finish an interrupted end. */
@Injectable()
export class SessionEnder {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
  ) {}

  /**
   * Ends a session and releases everything it holds. With `onlyExpired`, a session with a socket or in its
   * grace is left unchanged. Returns its former rooms; `isOver` is false if it must be checked again, `isLive` is true
   * if it has a socket.
   */
  async end(
    session: SessionRef,
    reason: number,
    options: { onlyExpired?: boolean } = {},
  ): Promise<{ roomIds: string[]; isLive: boolean; isOver: boolean }> {
    const held = await this.store.user.beginEnd(session, options);
    if (held === 'live' || held === 'later' || held === undefined) {
      return { roomIds: [], isLive: held === 'live', isOver: held !== 'later' };
    }
    const removedReason = held.code === undefined ? reason : toRemovedReason(held.code);
    await Promise.all(
      held.rooms.map(({ roomId, epoch }) => this.leaveRoom(session, roomId, epoch, removedReason)),
    );
    await Promise.all(
      held.streams.map((streamId) => this.store.stream.release(session, streamId, { onlyUnshared: false })),
    );
    const isOver = await this.store.user.finishEnd(session, removedReasonName(reason));
    await this.forget(session, held.gatewayId, held.nodeId);
    if (held.code !== undefined) {
      this.expel(session, held.gatewayId, held.code, held.reason);
    }
    return { roomIds: held.rooms.map((room) => room.roomId), isLive: false, isOver };
  }

  /**
   * Leaves one room: ends the membership and its shares, and releases the slot. With `keepStreams`, streams that no
   * room shows any more stay claimed.
   */
  async logout(
    session: SessionRef,
    roomId: string,
    epoch: number,
    { keepStreams = false } = {},
  ): Promise<{ endedStreamIds: string[]; sessionEnded: boolean }> {
    // Membership first: releasing the slot before it would let the user be in one room too many.
    const unshared = await this.leaveRoom(session, roomId, epoch, streamRemovedReasons.stopped);
    const ended = new Set<string>();
    for (const streamId of keepStreams ? [] : unshared) {
      const { released } = await this.store.stream.release(session, streamId, { onlyUnshared: true });
      if (released) {
        await this.store.user.dropClaim(session, streamId);
        ended.add(streamId);
      }
    }
    const left = await this.store.user.release(session, roomId, epoch);
    for (const streamId of left.streams) {
      await this.store.stream.release(session, streamId, { onlyUnshared: false });
      ended.add(streamId);
    }
    if (left.sessionEnded) {
      await this.forget(session, left.gatewayId, left.nodeId);
    }
    return { endedStreamIds: [...ended], sessionEnded: left.sessionEnded };
  }

  /** Removes a session from a room and reports the code to its client. False if the login has ended. */
  async takeAway(
    session: SessionRef,
    room: { roomId: string; epoch: number },
    code: ErrorName,
    reason: string | undefined,
  ): Promise<boolean> {
    await this.leaveRoom(session, room.roomId, room.epoch, toRemovedReason(code));
    return this.takeSlot(session, room, code, reason);
  }

  /** As `takeAway`, for a membership that has already ended with its room. */
  async takeSlot(
    session: SessionRef,
    { roomId, epoch }: { roomId: string; epoch: number },
    code: ErrorName,
    reason: string | undefined,
  ): Promise<boolean> {
    try {
      const why = { code, ...(reason === undefined ? {} : { reason }) };
      const left = await this.store.user.release(session, roomId, epoch, why);
      for (const streamId of left.streams) {
        await this.store.stream.release(session, streamId, { onlyUnshared: false });
      }
      if (left.gatewayId !== undefined) {
        this.expel(session, left.gatewayId, code, reason, roomId);
      }
      if (left.sessionEnded) {
        await this.forget(session, left.gatewayId, left.nodeId);
      }
      return true;
    } catch (error) {
      if (AppError.is(error, 'ROOM_ROOMID_INCORRECT')) {
        return false;
      }
      throw error;
    }
  }

  /** Ends a membership and its shares. Returns the streams that no room shows any more. */
  async leaveRoom(session: SessionRef, roomId: string, epoch: number, reason: number): Promise<string[]> {
    const left = await this.store.room.leave(session, roomId, epoch, {
      fenceMs,
      reason: removedReasonName(reason),
    });
    if (left === undefined) {
      return [];
    }
    this.facts.left(session, roomId, left, reason);
    if (left.isEmpty) {
      await this.store.quotas.countOut(session.appId, 'rooms', roomId);
      await this.store.roomList.drop(session.appId, roomId);
      // The room is deleted, unless a new login has just recreated it: the next check decides.
      await this.store.leases.remindOfRoom(session.appId, roomId, emptyRoomCheckMs);
    }
    const unshared: string[] = [];
    for (const { stream } of left.removed) {
      const rooms = await this.store.stream.removeShare(session, stream.streamId, roomId);
      if (rooms.length === 0) {
        unshared.push(stream.streamId);
      }
    }
    return unshared;
  }

  /** Removes the binding and the quota of an ended session, and has its media node release it. */
  async forget(
    session: SessionRef,
    gatewayId: string | undefined,
    nodeId: string | undefined,
  ): Promise<void> {
    if (gatewayId !== undefined) {
      await this.store.leases.unbindSession(session, gatewayId);
    }
    const { appId } = session;
    const countId = sessionCountId(session);
    await Promise.all([
      this.store.quotas.countOut(appId, 'sessions', countId),
      this.store.quotas.countOut(appId, 'interop', countId),
    ]);
    // Another session of the user may be live: then the user still counts.
    const { sessions } = await this.store.reader.readUser(session.appId, session.userId);
    if (sessions.every(({ sessionId, state }) => sessionId === session.sessionId || state === 'out')) {
      await this.store.quotas.countOut(session.appId, 'users', session.userId);
    }
    this.bus.publish(sessionEnded, {}, { session, ...(nodeId === undefined ? {} : { nodeId }) });
  }

  private expel(
    session: SessionRef,
    gatewayId: string,
    errorName: ErrorName,
    reason: string | undefined,
    roomId?: string,
  ): void {
    this.bus.publish(
      sessionExpelled,
      { gatewayId },
      {
        gatewayId,
        session,
        code: new AppError(errorName).code,
        ...(roomId === undefined ? {} : { roomId }),
        ...(reason === undefined ? {} : { reason }),
      },
    );
  }
}

function toRemovedReason(code: ErrorName): number {
  switch (code) {
    case 'ROOM_KICKED_OUT':
      return streamRemovedReasons.repeatedLogin;
    case 'ROOM_MANUAL_KICKED_OUT':
    case 'ROOM_TOKEN_EXPIRED_KICKED_OUT':
    case 'ROOM_TOKEN_REVOKED':
      return streamRemovedReasons.kicked;
    default:
      return streamRemovedReasons.disconnected;
  }
}
