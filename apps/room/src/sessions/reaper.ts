import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { type SessionRef } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { type Due, RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from '../config.js';
import { inBatches } from '../in-batches.js';
import { streamRemovedReasons } from '../room-facts.js';
import { LOGGER } from '@polyroom/nest-service';
import { configToken } from '../tokens.js';
import { GatewayCheck, reminderSlackMs } from './gateway-check.js';
import { SessionEnder } from './session-ender.js';
import { TokenExpiry } from './token-expiry.js';

const everyMs = 400;
/** An entry that is taken and not finished within this time is due for another instance. */
const retryMs = 5000;
const batchSize = 50;

/**
 * Suspends the sessions of lost gateways and ends sessions whose grace has expired. Runs in every instance:
 * an entry is taken by one instance at a time, and each step is idempotent.
 */
@Injectable()
export class Reaper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;

  constructor(
    private readonly store: RoomStore,
    private readonly ender: SessionEnder,
    private readonly expiry: TokenExpiry,
    private readonly gateways: GatewayCheck,
    @Inject(configToken) private readonly config: RoomConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: everyMs,
      // Instances that run at the same time would take the same entries.
      jitter: 0.5,
      run: () => this.look(),
      onError: (error) => logger.error({ err: error }, 'reaping failed; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.work.close();
  }

  private async look(): Promise<void> {
    for (const gateway of await this.store.leases.takeLostGateways(retryMs)) {
      await this.suspendAll(gateway);
    }
    await inBatches(await this.store.leases.takeExpiredSessions(retryMs), batchSize, (due) => this.end(due));
  }

  private async suspendAll(gateway: Due<string>): Promise<void> {
    const gatewayId = gateway.value;
    const sessions = await this.store.leases.sessionsOfGateway(gatewayId);
    this.logger.warn({ gatewayId, sessions: sessions.length }, 'gateway lost');
    await inBatches(sessions, batchSize, (session) => this.suspend(session, gatewayId));
    await this.store.leases.dropGateway(gateway);
  }

  private async suspend(session: SessionRef, gatewayId: string): Promise<void> {
    const graceMs = this.config.POLYROOM_SESSION_GRACE_MS;
    await this.store.leases.remindOfSession(session, graceMs + reminderSlackMs);
    const result = await this.store.user.suspend(session, gatewayId, 0, graceMs);
    if (result === 'ended') {
      // The process that was ending it may have crashed too.
      await this.ender.end(session, streamRemovedReasons.disconnected);
    }
    await this.remind(session);
    await this.store.leases.unbindSession(session, gatewayId);
  }

  /** Schedules the next check. A token may expire before the grace does. */
  private async remind(session: SessionRef): Promise<void> {
    const inMs = await this.expiry.findNextLook(session);
    if (inMs !== undefined) {
      await this.store.leases.remindOfSession(session, inMs + reminderSlackMs);
    }
  }

  private async end(due: Due<SessionRef>): Promise<void> {
    await this.expiry.expireDue(due.value);
    const { roomIds, isLive, isOver } = await this.ender.end(
      due.value,
      streamRemovedReasons.heartbeatTimeout,
      { onlyExpired: true },
    );
    if (isLive) {
      // It resumed; or its login took effect after its end was requested, which found no session.
      await this.gateways.check(due.value);
    }
    if (isOver) {
      await this.store.leases.dropSession(due);
    } else {
      await this.remind(due.value);
    }
    if (roomIds.length > 0) {
      this.logger.info({ ...due.value, rooms: roomIds.length }, 'session expired');
    }
  }
}
