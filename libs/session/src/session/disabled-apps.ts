import { setImmediate as nextTick } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus, EntitlementCache, type BusSubscription } from '@polyroom/bus';
import { appDisabled, AppError } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from 'pino';
import { SessionExpulsion } from './session-expulsion.js';
import { SessionRegistry } from './session-registry.js';

/** Covers a lost announcement, and a login that passed auth just before it. */
const checkEveryMs = 10_000;
/** Sessions ended per event-loop tick. */
const sessionsAtOnce = 200;
const { code } = new AppError('COMMON_APP_OFFLINE');

/** Ends the sessions of a disabled AppID (1000037). */
@Injectable()
export class DisabledApps implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    private readonly registry: SessionRegistry,
    private readonly expulsion: SessionExpulsion,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: checkEveryMs,
      jitter: 0.25,
      run: () => this.check(),
      onError: (error) => logger.warn({ err: error }, 'AppIDs not checked'),
    });
  }

  onApplicationBootstrap(): void {
    this.subscription = this.bus.subscribe(appDisabled, {}, ({ appId }) => void this.end(appId));
    this.work.start();
  }

  onModuleDestroy(): void {
    this.subscription?.close();
    void this.work.close();
  }

  /** Looks for AppIDs that are disabled, or do not exist any more, and still have sessions here. */
  async check(): Promise<void> {
    for (const appId of new Set(this.registry.all.map(({ ref }) => ref.appId))) {
      if (await this.isOffline(appId)) {
        await this.end(appId);
      }
    }
  }

  private async isOffline(appId: number): Promise<boolean> {
    try {
      await this.entitlements.get(appId);
      return false;
    } catch (error) {
      const isOffline =
        AppError.is(error, 'COMMON_APP_OFFLINE') ||
        AppError.is(error, 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE');
      if (!isOffline) {
        // Another AppID may be readable.
        this.logger.warn({ err: error, appId }, 'AppID not checked');
      }
      return isOffline;
    }
  }

  /** Never rejects. */
  private async end(appId: number): Promise<void> {
    const sessions = this.registry.all.filter(({ ref }) => ref.appId === appId);
    if (sessions.length === 0) {
      return;
    }
    this.logger.info({ appId, sessions: sessions.length }, 'AppID disabled: its sessions end');
    const ending: Promise<void>[] = [];
    for (const [index, session] of sessions.entries()) {
      ending.push(this.expulsion.run(session, code));
      if ((index + 1) % sessionsAtOnce === 0) {
        await nextTick();
      }
    }
    await Promise.all(ending);
  }
}
