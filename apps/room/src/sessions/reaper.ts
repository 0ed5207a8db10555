import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type SessionRef } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from '../config.js';
import { streamRemovedReasons } from '../room-facts.js';
import { configToken, loggerToken } from '../tokens.js';
import { SessionEnder } from './session-ender.js';

const everyMs = 400;
/** Instances that look at the same time would ask Redis for the same; they drift apart by this much. */
const jitterMs = 200;
/** What one instance has taken and not finished by then, another one takes. */
const retryMs = 5000;

/**
 * Ends sessions whose grace is over and suspends those whose gateway is silent. Runs in every instance: an
 * entry is taken by one of them at a time, and ending is repeatable.
 */
@Injectable()
export class Reaper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    @Inject(configToken) private readonly config: RoomConfig,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** Lets the current look finish. */
  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.closed) {
      return;
    }
    this.timer = setTimeout(
      () => {
        this.running = this.look()
          .catch((error: unknown) =>
            this.logger.error({ err: error }, 'reaping failed; it will be tried again'),
          )
          .then(() => this.schedule());
      },
      everyMs + Math.random() * jitterMs,
    );
  }

  private async look(): Promise<void> {
    for (const gatewayId of await this.store.leases.takeLostGateways(retryMs)) {
      await this.suspendAll(gatewayId);
    }
    const expired = await this.store.leases.takeExpiredSessions(retryMs);
    await Promise.all(expired.map((session) => this.end(session)));
  }

  private async suspendAll(gatewayId: string): Promise<void> {
    const sessions = await this.store.leases.sessionsOfGateway(gatewayId);
    this.logger.warn({ gatewayId, sessions: sessions.length }, 'gateway lost');
    for (const session of sessions) {
      await this.store.leases.suspend(session, this.config.POLYROOM_SESSION_GRACE_MS);
      await this.store.user.markSuspended(session);
      await this.store.leases.unbindSession(session, gatewayId);
    }
    await this.store.leases.forgetGateway(gatewayId);
  }

  private async end(session: SessionRef): Promise<void> {
    const rooms = await this.ender.end(session, streamRemovedReasons.heartbeatTimeout);
    this.logger.info({ ...session, rooms: rooms.length }, 'session expired');
  }
}
