import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { clientCloseCodes, type ReplyOf, roomRpc } from '@polyroom/contracts';
import { type Logger } from 'pino';
import { type SessionConfig } from '../session.config.js';
import { LOGGER } from '@polyroom/nest-service';
import { SESSION_CONFIG } from '../session.config.js';
import { SessionLifecycle } from './session-lifecycle.js';
import { SessionRegistry } from './session-registry.js';

const firstIntervalMs = 1000;
/**
 * A beat that is not answered by then is sent again, beside the first: that one may have gone to an instance
 * that stands still, and there are others.
 */
const againAfterMs = 100;
const retryMs = 200;

/** Keeps the lease of everything this gateway holds: without it the room service suspends the sessions. */
@Injectable()
export class GatewayHeartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work = new PeriodicWork({
    intervalMs: () => (this.healthy ? this.intervalMs : Math.min(this.intervalMs, retryMs)),
    run: () => this.beat(),
    onError: (error) => this.setHealthy(false, error),
  });
  private intervalMs = firstIntervalMs;
  private healthy = true;
  private everHeard = false;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
    private readonly lifecycle: SessionLifecycle,
    @Inject(SESSION_CONFIG) private readonly config: SessionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.work.startNow();
  }

  /** Not awaited: while the room service is away, a beat takes as long as its deadline. */
  onModuleDestroy(): void {
    void this.work.close();
  }

  private async beat(): Promise<void> {
    const { leaseMs, known } = await this.askUntilHeard();
    this.intervalMs = Math.max(100, Math.floor(leaseMs / 3));
    this.setHealthy(true);
    if (!known && this.everHeard) {
      this.handleGivenUp();
    }
    this.everHeard = true;
  }

  private askUntilHeard(): Promise<ReplyOf<typeof roomRpc.heartbeat>> {
    const { gatewayId } = this.config;
    const endsAtMs = Date.now() + Math.max(this.intervalMs, firstIntervalMs);
    return new Promise((resolve, reject) => {
      let waiting = 0;
      const ask = (): void => {
        waiting += 1;
        this.bus.request(roomRpc.heartbeat, { gatewayId }, { timeoutMs: endsAtMs - Date.now() }).then(
          (reply) => {
            clearInterval(timer);
            resolve(reply);
          },
          (error: unknown) => {
            waiting -= 1;
            if (waiting === 0) {
              clearInterval(timer);
              reject(error);
            }
          },
        );
      };
      const timer = setInterval(() => {
        if (endsAtMs - Date.now() > againAfterMs) {
          ask();
        }
      }, againAfterMs);
      ask();
    });
  }

  /** The sessions of this gateway were suspended meanwhile: their clients take them up again, anywhere. */
  private handleGivenUp(): void {
    const sessions = this.registry.all;
    this.logger.warn(
      { sessions: sessions.length },
      'this gateway was given up; its clients are sent to resume',
    );
    for (const session of sessions) {
      this.lifecycle.release(session, clientCloseCodes.serverShutdown);
    }
  }

  private setHealthy(healthy: boolean, error?: unknown): void {
    if (healthy === this.healthy) {
      return;
    }
    this.healthy = healthy;
    if (healthy) {
      this.logger.info('heartbeat restored');
    } else {
      this.logger.warn({ err: error }, 'heartbeat failed');
    }
  }
}
