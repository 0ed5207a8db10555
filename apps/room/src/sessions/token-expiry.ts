import { Injectable } from '@nestjs/common';
import {
  isRevokedBy,
  type MembershipNote,
  type Revocation,
  type SessionRef,
  type TokenEnd,
} from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { streamRemovedReasons } from '../room-facts.js';
import { SessionEnder } from './session-ender.js';

interface RoomEpoch {
  roomId: string;
  epoch: number;
}

/**
 * Removes sessions from rooms whose token has expired (1002056) or is revoked (1190403). The gateway requests it for
 * its sessions. Sessions without a socket are covered here, because their media may still flow.
 */
@Injectable()
export class TokenExpiry {
  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
  ) {}

  /** Removes the session from these rooms; it ends with its last room. Idempotent. */
  async expire(
    session: SessionRef,
    expired: readonly RoomEpoch[],
    code: TokenEnd = 'ROOM_TOKEN_EXPIRED_KICKED_OUT',
  ): Promise<void> {
    const { rooms } = await this.read(session);
    const isExpired = (room: RoomEpoch) =>
      expired.some(({ roomId, epoch }) => roomId === room.roomId && epoch === room.epoch);
    if (rooms.length > 0 && rooms.every(isExpired)) {
      if (await this.store.user.putOut(session, code, undefined)) {
        await this.ender.end(session, streamRemovedReasons.kicked);
      }
      return;
    }
    for (const room of expired) {
      await this.ender.takeAway(session, room, code, undefined);
    }
  }

  /** Removes a session without a socket from the rooms whose token has expired by now. */
  async expireDue(session: SessionRef): Promise<void> {
    const { record, rooms } = await this.read(session);
    const nowMs = Date.now();
    const expired = rooms.filter(({ rightsEndMs = Infinity }) => rightsEndMs <= nowMs);
    if (record?.state === 'suspended' && expired.length > 0) {
      await this.expire(session, expired);
    }
  }

  /** Removes a session without a socket from the rooms whose token is revoked. */
  async revoke(session: SessionRef, revocation: Revocation): Promise<void> {
    const { record, rooms } = await this.read(session);
    const revoked = rooms.filter(
      ({ note }) => note !== '' && isRevokedBy(revocation, session.userId, toGrants(note)),
    );
    if (record?.state === 'suspended' && revoked.length > 0) {
      await this.expire(session, revoked, 'ROOM_TOKEN_REVOKED');
    }
  }

  /** Delay in ms until the next check of a session without a socket; undefined if none is needed. */
  async findNextLook(session: SessionRef): Promise<number | undefined> {
    const { record, rooms } = await this.read(session);
    if (record?.graceEndMs === undefined) {
      return undefined;
    }
    const ends = rooms.map(({ rightsEndMs = Infinity }) => rightsEndMs);
    return Math.max(0, Math.min(record.graceEndMs, ...ends) - Date.now());
  }

  private async read({ appId, userId, sessionId }: SessionRef) {
    const { rooms, sessions } = await this.store.reader.readUser(appId, userId);
    return {
      record: sessions.find((session) => session.sessionId === sessionId),
      rooms: rooms.filter((room) => room.sessionId === sessionId),
    };
  }
}

function toGrants(note: string): MembershipNote['grants'] {
  return (JSON.parse(note) as MembershipNote).grants;
}
