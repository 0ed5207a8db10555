import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, type Grants, hasRight, roomRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';
import { LostRights } from './lost-rights.js';
import { type Membership } from './membership.js';
import { chooseToken, isSuperseded } from './newest-token.js';
import { RevokedTokens } from './revoked-tokens.js';
import { TokenExpiry } from './token-expiry.js';

const noteAttempts = 5;
const noteIntervalMs = 1000;

/** Decides which token counts in which room of a session (`isSuperseded`), and applies it. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly bus: Bus,
    private readonly expiry: TokenExpiry,
    private readonly lostRights: LostRights,
    private readonly revoked: RevokedTokens,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Applies the token of a login, or a newer one that came during it, to all rooms that it names. */
  handleEntered(session: ClientSession, entered: Membership): void {
    const { memberships } = session;
    const token = chooseToken(entered.token, memberships, entered.roomId);
    const outdated = memberships.filter(
      (membership) =>
        isSuperseded(membership.token, token, membership.roomId) &&
        !isDeepStrictEqual(membership.token, token),
    );
    if (outdated.length === 0) {
      this.expiry.watch(session);
      this.revoked.watch(session);
      return;
    }
    void session.runForTokens(async () => {
      await Promise.all([this.replace(session, outdated, token), this.noteQuietly(session, outdated, token)]);
    });
  }

  /** The previous gateway may have crashed between storing a token and applying it, or the reverse. */
  handleResumed(session: ClientSession): void {
    session.memberships.forEach((membership) => this.handleEntered(session, membership));
    void this.lostRights.withdraw(session);
  }

  /**
   * Replaces the token of a room, and of the other rooms that the new token names. Returns these rooms. Rejects
   * without a change if the room service cannot store it.
   */
  renew(session: ClientSession, roomId: string, token: Grants): Promise<string[]> {
    return session.runForTokens(async () => {
      const present = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT').token;
      if (present.issuedAtMs !== undefined && !isSuperseded(present, token, roomId)) {
        throw new AppError('ROOM_TOKEN_EXPIRE_ERROR', {
          message: 'The token was issued before the one that the room has.',
          details: { roomId, path: 'token' },
        });
      }
      const renewed = session.memberships.filter(
        (membership) =>
          membership.roomId === roomId || isSuperseded(membership.token, token, membership.roomId),
      );
      // Stored first: after a crash of this gateway, a resume must not restore the old rights.
      await this.note(session, renewed, token);
      session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
      await this.replace(session, renewed, token);
      return renewed.map((membership) => membership.roomId);
    });
  }

  /** Never rejects. */
  private async replace(session: ClientSession, memberships: Membership[], token: Grants): Promise<void> {
    session.noteCredential(token);
    for (const membership of memberships) {
      membership.renew(token);
    }
    this.expiry.watch(session);
    await this.expiry.expire(
      session,
      memberships.filter(({ roomId }) => !hasRight(token, roomId, 'login')),
    );
    this.revoked.watch(session);
    await this.lostRights.withdraw(session);
  }

  private async note(session: ClientSession, memberships: Membership[], token: Grants): Promise<void> {
    await this.bus.request(roomRpc.renewMemberships, {
      session: session.ref,
      rooms: memberships.map((membership) => ({
        roomId: membership.roomId,
        epoch: membership.epoch,
        note: membership.noteWith(token),
      })),
    });
  }

  private async noteQuietly(session: ClientSession, memberships: Membership[], token: Grants): Promise<void> {
    const note = async (): Promise<void> => {
      if (session.state === 'open') {
        await this.note(session, memberships, token);
      }
    };
    await retry(note, {
      attempts: noteAttempts,
      firstDelayMs: noteIntervalMs,
      onFailure: (error, attempt) =>
        this.logger.warn({ err: error, sessionId: session.sessionId, attempt }, 'newer token not stored'),
    }).catch(() => undefined);
  }
}
