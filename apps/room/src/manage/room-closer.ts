import { Injectable } from '@nestjs/common';
import { RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';
import { SessionEnder } from '../sessions/session-ender.js';

const batchSize = 50;

/** Closes rooms by order of an operator. */
@Injectable()
export class RoomCloser {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
  ) {}

  /** Kicks all members and ends the room; returns their number. A missing room has none. */
  async close(appId: number, roomId: string, reason: string | undefined): Promise<number> {
    const closed = await this.store.room.close(appId, roomId);
    if (closed === undefined) {
      return 0;
    }
    await this.store.quotas.countOut(appId, 'rooms', roomId);
    await this.store.roomList.drop(appId, roomId);
    await inBatches(closed.streams, batchSize, ({ streamId, sessionId }) =>
      this.store.stream.removeShare({ appId, userId: '', sessionId }, streamId, roomId),
    );
    await inBatches(closed.members, batchSize, ({ userId, sessionId, epoch }) =>
      this.ender.takeSlot({ appId, userId, sessionId }, { roomId, epoch }, 'ROOM_MANUAL_KICKED_OUT', reason),
    );
    return closed.members.length;
  }
}
