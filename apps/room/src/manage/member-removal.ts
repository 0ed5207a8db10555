import { Injectable } from '@nestjs/common';
import { RoomStore } from '@polyroom/room-store';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from '../sessions/session-ender.js';

const kicked = 'ROOM_MANUAL_KICKED_OUT';

/** Removes users from rooms by order of an application server or an operator. */
@Injectable()
export class MemberRemoval {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
  ) {}

  /** Returns the rooms that the user was in. */
  async removeFromRoom(
    appId: number,
    roomId: string,
    userId: string,
    reason: string | undefined,
  ): Promise<string[]> {
    const { rooms } = await this.store.reader.readUser(appId, userId);
    const slot = rooms.find((candidate) => candidate.roomId === roomId);
    if (slot === undefined) {
      return [];
    }
    const session = { appId, userId, sessionId: slot.sessionId };
    return (await this.ender.takeAway(session, slot, kicked, reason)) ? [roomId] : [];
  }

  /** Returns the rooms that the user was in. */
  async removeFromAll(appId: number, userId: string, reason: string | undefined): Promise<string[]> {
    const { sessions } = await this.store.reader.readUser(appId, userId);
    const roomIds: string[] = [];
    for (const { sessionId } of sessions) {
      const session = { appId, userId, sessionId };
      if (await this.store.user.putOut(session, kicked, reason)) {
        roomIds.push(...(await this.ender.end(session, streamRemovedReasons.kicked)).roomIds);
      }
    }
    return roomIds;
  }
}
