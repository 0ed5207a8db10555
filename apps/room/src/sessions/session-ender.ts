import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { sessionEnded, type SessionRef } from '@polyroom/contracts';
import { type HeldBySession, RoomStore } from '@polyroom/room-store';
import { RoomFacts } from '../room-facts.js';

/**
 * Takes a session apart: its seats, its streams, itself. Every step may be repeated, so whoever finds a
 * session half ended ends it.
 */
@Injectable()
export class SessionEnder {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
  ) {}

  /** Ends a session that is still its user's; the rooms that it was in. */
  async end(session: SessionRef, reason: number): Promise<string[]> {
    const held = await this.store.user.beginEnd(session);
    if (held !== undefined) {
      await this.clear(session, held, reason);
      await this.store.user.finishEnd(session);
    }
    await this.store.leases.forgetSuspended(session);
    return held?.rooms.map((room) => room.roomId) ?? [];
  }

  /** Clears away what a session held that is no longer its user's. */
  async clear(session: SessionRef, held: HeldBySession, reason: number): Promise<void> {
    await Promise.all(held.rooms.map(({ roomId, epoch }) => this.leaveRoom(session, roomId, epoch, reason)));
    await Promise.all(
      held.streams.map((streamId) => this.store.stream.release(session, streamId, { onlyUnshared: false })),
    );
    await this.forget(session, held.gatewayId, held.nodeId);
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
    this.bus.publish(sessionEnded, {}, { session, ...(nodeId === undefined ? {} : { nodeId }) });
  }

  /** Gives up a seat with the streams shown from it; streams that are shown nowhere any more. */
  async leaveRoom(session: SessionRef, roomId: string, epoch: number, reason: number): Promise<string[]> {
    const left = await this.store.room.leave(session, roomId, epoch);
    if (left === undefined) {
      return [];
    }
    this.facts.left(session, roomId, left, reason);
    const unshared: string[] = [];
    for (const { stream } of left.removed) {
      const rooms = await this.store.stream.removeShare(session, stream.streamId, roomId);
      if (rooms.length === 0) {
        unshared.push(stream.streamId);
      }
    }
    return unshared;
  }
}
