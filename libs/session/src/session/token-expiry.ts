import { setImmediate as nextTick } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, roomRpc, type TokenEnd } from '@polyroom/contracts';
import pLimit from 'p-limit';
import { type Logger } from 'pino';
import { LOGGER } from '@polyroom/nest-service';
import { type ClientSession } from './client-session.js';
import { type Membership } from './membership.js';
import { SecondWheel } from './second-wheel.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';

/** ZEGO: `onRoomTokenWillExpire` comes 30 s before the expiry. */
const warnBeforeMs = 30_000;
/** Delay of a warning that is due before the answer to the login. */
const retryWarningMs = 1000;
/** Sessions handled per event-loop tick: tokens that were issued together expire together. */
const sessionsAtOnce = 200;
const maxRequests = 64;
const reportAttempts = 5;
const reportIntervalMs = 1000;

/**
 * Warns clients before their tokens expire and removes them from the rooms when they do (1002056), or when they are
 * revoked (1190403). Local state ends
 * at once; the report to the room service is retried. Until it arrives, the room service's own check refuses a
 * resume.
 */
@Injectable()
export class TokenExpiry implements OnModuleDestroy {
  private readonly wheel = new SecondWheel<ClientSession>((sessions) => void this.handleDue(sessions));
  /** Sessions that leave the wheel when they end. */
  private readonly watched = new WeakSet<ClientSession>();
  private readonly requests = pLimit(maxRequests);

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleDestroy(): void {
    this.wheel.close();
  }

  /** Call this when a room or a token of the session changes. Sends a warning that is due. */
  watch(session: ClientSession): void {
    if (session.state !== 'open') {
      return;
    }
    const nowMs = Date.now();
    warn(session, nowMs);
    const dueMs = findDue(session, nowMs);
    if (dueMs === undefined) {
      this.wheel.remove(session);
      return;
    }
    if (!this.watched.has(session)) {
      this.watched.add(session);
      session.whenEnded(() => this.wheel.remove(session));
    }
    this.wheel.set(session, dueMs);
  }

  /** Removes the session from rooms whose token has expired or no longer grants the login. Never rejects. */
  async expire(
    session: ClientSession,
    memberships: readonly Membership[],
    why: TokenEnd = 'ROOM_TOKEN_EXPIRED_KICKED_OUT',
  ): Promise<void> {
    const expired = session.markTokenEnded(memberships, why);
    if (expired.length === 0) {
      return;
    }
    const { code } = new AppError(why);
    const rooms = expired.map(({ roomId, epoch }) => ({ roomId, epoch }));
    const leaving =
      session.hasOnlyEndedRooms && !session.hasPendingLogins
        ? this.endSession(session, why)
        : rooms.map(({ roomId }) => this.lifecycle.expelFromRoom(session, roomId, code, undefined));
    // Until the report arrives, the room service lists the session at this gateway.
    const reporting = this.registry.expecting(session.sessionId, () => this.report(session, rooms, why));
    await Promise.allSettled([leaving, reporting].flat());
  }

  private endSession(session: ClientSession, why: TokenEnd): Promise<void> {
    session.markTokensEnded(why);
    return this.lifecycle.expel(session, new AppError(why).code, undefined);
  }

  private async handleDue(sessions: Set<ClientSession>): Promise<void> {
    let handled = 0;
    for (const session of sessions) {
      this.look(session);
      handled += 1;
      if (handled % sessionsAtOnce === 0) {
        await nextTick();
      }
    }
  }

  private look(session: ClientSession): void {
    const expired = session.memberships.filter((membership) => membership.hasExpired());
    void this.expire(session, expired);
    this.watch(session);
  }

  /** Never rejects. */
  async report(
    session: ClientSession,
    rooms: { roomId: string; epoch: number }[],
    why: TokenEnd,
  ): Promise<void> {
    const request = { session: session.ref, rooms, why };
    await retry(() => this.requests(() => this.bus.request(roomRpc.expireMemberships, request)), {
      attempts: reportAttempts,
      firstDelayMs: reportIntervalMs,
      onFailure: (error, attempt) =>
        this.logger.warn({ err: error, sessionId: session.sessionId, attempt }, 'end of tokens not reported'),
    }).catch(() => undefined);
  }
}

/** Warns the client once of each token that expires soon, but not before the answer to the login. */
function warn(session: ClientSession, nowMs: number): void {
  for (const membership of session.memberships) {
    const { expiresAtMs = Infinity } = membership.token;
    const isTime = nowMs < expiresAtMs && nowMs >= expiresAtMs - warnBeforeMs;
    if (isTime && !membership.isWarned && membership.subscription.isActive) {
      membership.markWarned();
      session.connection.sendEvent('room.tokenWillExpire', {
        roomId: membership.roomId,
        remainingSeconds: Math.round((expiresAtMs - nowMs) / 1000),
      });
    }
  }
}

/** The time of the next warning or expiry of the session; undefined if none of its tokens expire. */
function findDue(session: ClientSession, nowMs: number): number | undefined {
  const dues = session.memberships.flatMap(({ roomId, token, isWarned }) => {
    const { expiresAtMs } = token;
    if (expiresAtMs === undefined || session.hasTokenEnded(roomId)) {
      return [];
    }
    const warnAtMs = Math.max(expiresAtMs - warnBeforeMs, nowMs + retryWarningMs);
    return [isWarned ? expiresAtMs : Math.min(expiresAtMs, warnAtMs)];
  });
  return dues.length === 0 ? undefined : Math.min(...dues);
}
