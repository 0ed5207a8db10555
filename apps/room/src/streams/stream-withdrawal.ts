import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type SessionRef, streamWithdrawn } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { RoomFacts, streamRemovedReasons } from '../room-facts.js';

/** Takes streams out of rooms by order of an application server or an operator. */
@Injectable()
export class StreamWithdrawal {
  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    private readonly facts: RoomFacts,
  ) {}

  /** Ends a stream in all rooms. Returns the rooms that showed it, or undefined if there is no such stream. */
  async end(appId: number, streamId: string): Promise<string[] | undefined> {
    const session = await this.store.reader.findOwner(appId, streamId);
    return session === undefined ? undefined : this.endOf(session, streamId);
  }

  /** Takes all streams of a user out of a room, or without `roomId` ends them. */
  async withdrawAllOf(appId: number, userId: string, roomId: string | undefined): Promise<void> {
    const streams = await this.store.reader.listStreamsOf(appId, userId);
    const shown = streams.filter(({ roomIds }) => roomId === undefined || roomIds.includes(roomId));
    await Promise.all(
      shown.map(async ({ streamId, sessionId }) => {
        const session = { appId, userId, sessionId };
        await (roomId === undefined
          ? this.endOf(session, streamId)
          : this.unshare(session, streamId, roomId));
      }),
    );
  }

  private async endOf(session: SessionRef, streamId: string): Promise<string[]> {
    const { roomIds } = await this.store.stream.release(session, streamId, { onlyUnshared: false });
    for (const roomId of roomIds) {
      await this.hide(session, roomId, streamId);
    }
    await this.store.user.dropClaim(session, streamId);
    this.bus.publish(streamWithdrawn, {}, { session, streamId, roomIds });
    return roomIds;
  }

  private async unshare(session: SessionRef, streamId: string, roomId: string): Promise<void> {
    await this.hide(session, roomId, streamId);
    await this.store.stream.removeShare(session, streamId, roomId);
    this.bus.publish(streamWithdrawn, {}, { session, streamId, roomIds: [roomId] });
  }

  private async hide(session: SessionRef, roomId: string, streamId: string): Promise<void> {
    const hidden = await this.store.room.hide(session, roomId, streamId, 'byServer');
    if (hidden !== undefined) {
      this.facts.removed(session.appId, roomId, hidden.roomEpoch, [hidden], streamRemovedReasons.byServer);
    }
  }
}
