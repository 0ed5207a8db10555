import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '@polyroom/nest-service';
import { type SessionRef } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';

const batchSize = 50;
/** Again, for sessions that have just lost their socket, and those of a gateway that is not declared lost yet. */
const passesAtMs = [0, 1000, 10_000];

/**
 * Applies bans and revocations to sessions without a socket, whose media may still flow; gateways apply them to
 * those that they hold. Every instance does it, because any of them may fail; each step is idempotent.
 */
@Injectable()
export class SuspendedSessions {
  constructor(
    private readonly store: RoomStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Visits the sessions of an AppID, or of one user: those without a socket, and perhaps others. */
  visit(
    { appId, userId }: { appId: number; userId?: string | undefined },
    handle: (session: SessionRef) => Promise<void>,
  ): void {
    const pass = async (delayMs: number): Promise<void> => {
      try {
        await sleep(delayMs, undefined, { ref: false });
        await inBatches(await this.find(appId, userId), batchSize, handle);
      } catch (error) {
        this.logger.warn({ err: error, appId }, 'sessions without a socket not checked');
      }
    };
    passesAtMs.forEach((delayMs) => void pass(delayMs));
  }

  private async find(appId: number, userId: string | undefined): Promise<SessionRef[]> {
    if (userId === undefined) {
      return this.store.leases.findRemindedSessions(appId);
    }
    const { sessions } = await this.store.reader.readUser(appId, userId);
    return sessions.map(({ sessionId }) => ({ appId, userId, sessionId }));
  }
}
