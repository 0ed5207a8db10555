import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type ErrorName,
  sessionEnded,
  sessionExpelled,
  type SessionRef,
} from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { RoomFacts, streamRemovedReasons } from '../room-facts.js';

/** A login that was admitted may still be on its way to its seat for as long: longer than it may take. */
const fenceMs = 30_000;
const emptyRoomCheckMs = 1000;

/**
 * Takes sessions and memberships apart. Every step may be repeated, so whoever finds something half ended
 * ends it.
 */
@Injectable()
export class SessionEnder {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
  ) {}

  /**
   * Ends a session with everything it holds. With `onlyExpired` one that has a socket, or its grace, stays.
   * Answers the rooms that it was in, and whether nothing is left that needs to be looked at again.
   */
  async end(
    session: SessionRef,
    reason: number,
    options: { onlyExpired?: boolean } = {},
  ): Promise<{ roomIds: string[]; isOver: boolean }> {
    const held = await this.store.user.beginEnd(session, options);
    if (held === 'live' || held === 'later' || held === undefined) {
      return { roomIds: [], isOver: held !== 'later' };
    }
    const removedReason = held.code === undefined ? reason : toRemovedReason(held.code);
    await Promise.all(
      held.rooms.map(({ roomId, epoch }) => this.leaveRoom(session, roomId, epoch, removedReason)),
    );
    await Promise.all(
      held.streams.map((streamId) => this.store.stream.release(session, streamId, { onlyUnshared: false })),
    );
    const isOver = await this.store.user.finishEnd(session);
    await this.forget(session, held.gatewayId, held.nodeId);
    if (held.code !== undefined) {
      this.expel(session, held.gatewayId, held.code, held.reason);
    }
    return { roomIds: held.rooms.map((room) => room.roomId), isOver };
  }

  /** Leaves one room: its seat, its shares and its slot, once; the other rooms stay as they are. */
  async logout(
    session: SessionRef,
    roomId: string,
    epoch: number,
  ): Promise<{ endedStreamIds: string[]; sessionEnded: boolean }> {
    // The seat first: a slot that is free while its seat is taken would let the user be in one room too many.
    const unshared = await this.leaveRoom(session, roomId, epoch, streamRemovedReasons.stopped);
    const ended = new Set<string>();
    for (const streamId of unshared) {
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

  /** Takes a room away from a session, whose client is told why. False where the login is not there any more. */
  async takeAway(
    session: SessionRef,
    room: { roomId: string; epoch: number },
    code: ErrorName,
    reason: string | undefined,
  ): Promise<boolean> {
    await this.leaveRoom(session, room.roomId, room.epoch, toRemovedReason(code));
    return this.takeSlot(session, room, code, reason);
  }

  /** The same where the seat is gone already, with its room. */
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

  /** Gives up a seat with the streams shown from it; streams that are shown nowhere any more. */
  async leaveRoom(session: SessionRef, roomId: string, epoch: number, reason: number): Promise<string[]> {
    const left = await this.store.room.leave(session, roomId, epoch, { fenceMs });
    if (left === undefined) {
      return [];
    }
    this.facts.left(session, roomId, left, reason);
    if (left.memberCount === 0) {
      await this.store.quotas.countOut(session.appId, 'rooms', roomId);
      // Nothing to look at any more, unless somebody has just made the room anew: soon seen.
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

  /** The last traces of a session without rooms; media nodes let go of it. */
  async forget(
    session: SessionRef,
    gatewayId: string | undefined,
    nodeId: string | undefined,
  ): Promise<void> {
    if (gatewayId !== undefined) {
      await this.store.leases.unbindSession(session, gatewayId);
    }
    // Another device may share the user's rooms: then the user is still one of those at once.
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
      return streamRemovedReasons.kicked;
    default:
      return streamRemovedReasons.disconnected;
  }
}
