import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { roomFact, type RoomFact, type SessionRef, type User } from '@polyroom/contracts';
import { type Entered, type Left, type RemovedStream } from '@polyroom/room-store';

/** ZEGO's stream_delete_reason. */
export const streamRemovedReasons = {
  stopped: 1,
  heartbeatTimeout: 2,
  repeatedLogin: 3,
  kicked: 4,
  disconnected: 5,
  byServer: 6,
} as const;

const reasonNames: Record<number, string> = Object.fromEntries(
  Object.entries(streamRemovedReasons).map(([name, reason]) => [reason, name]),
);

/** As in the event log. */
export function removedReasonName(reason: number): string {
  return reasonNames[reason] ?? 'disconnected';
}

/** Publishes the facts of a room, with the numbers that the store assigned. */
@Injectable()
export class RoomFacts {
  constructor(private readonly bus: Bus) {}

  entered(session: SessionRef, roomId: string, user: User, entered: Entered): void {
    this.removed(
      session.appId,
      roomId,
      entered.roomEpoch,
      entered.removed,
      streamRemovedReasons.repeatedLogin,
    );
    if (entered.joined) {
      this.publish(session.appId, roomId, {
        type: 'memberJoined',
        roomEpoch: entered.roomEpoch,
        seq: entered.seq,
        origin: { sessionId: session.sessionId },
        user,
        memberCount: entered.memberCount,
      });
    }
  }

  left(session: SessionRef, roomId: string, left: Left, reason: number): void {
    this.removed(session.appId, roomId, left.roomEpoch, left.removed, reason);
    if (!left.isVisible) {
      return;
    }
    this.publish(session.appId, roomId, {
      type: 'memberLeft',
      roomEpoch: left.roomEpoch,
      seq: left.seq,
      origin: { sessionId: session.sessionId },
      user: { userId: session.userId, userName: left.userName },
      memberCount: left.memberCount,
    });
  }

  removed(appId: number, roomId: string, roomEpoch: string, streams: RemovedStream[], reason: number): void {
    for (const { stream, sessionId, seq } of streams) {
      this.publish(appId, roomId, {
        type: 'streamRemoved',
        roomEpoch,
        seq,
        ...(sessionId === '' ? {} : { origin: { sessionId } }),
        stream,
        reason,
      });
    }
  }

  publish(appId: number, roomId: string, fact: RoomFact): void {
    this.bus.publish(roomFact, { appId, roomId }, { appId, roomId, fact });
  }
}
