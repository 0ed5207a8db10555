import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { LOGGER, OnEvent } from '@polyroom/nest-service';
import { type PayloadOf, type SessionRef, tokensRevoked } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';
import { TokenExpiry } from './token-expiry.js';

type Revoked = PayloadOf<typeof tokensRevoked>;

const batchSize = 50;
/** Again, for sessions that have just lost their socket, and those of a gateway that is not declared lost yet. */
const passesAtMs = [0, 1000, 10_000];

/** Revoked tokens of sessions without a socket; gateways handle those that they hold. */
@Controller()
export class RevocationsHandler {
  constructor(
    private readonly store: RoomStore,
    private readonly expiry: TokenExpiry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Every instance does it, because any of them may fail; each step is idempotent. */
  @OnEvent(tokensRevoked)
  handleRevoked(event: Revoked): void {
    passesAtMs.forEach((delayMs) => void this.passLater(event, delayMs));
  }

  private async passLater(event: Revoked, delayMs: number): Promise<void> {
    try {
      await sleep(delayMs, undefined, { ref: false });
      const sessions = await this.findSessions(event);
      await inBatches(sessions, batchSize, (session) => this.expiry.revoke(session, event.revocation));
    } catch (error) {
      this.logger.warn({ err: error, appId: event.appId }, 'sessions of revoked tokens not ended');
    }
  }

  private async findSessions({ appId, revocation: { userId } }: Revoked): Promise<SessionRef[]> {
    if (userId === undefined) {
      return this.store.leases.findRemindedSessions(appId);
    }
    const { sessions } = await this.store.reader.readUser(appId, userId);
    return sessions.map(({ sessionId }) => ({ appId, userId, sessionId }));
  }
}
