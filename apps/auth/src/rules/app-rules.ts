import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { LOGGER } from '@polyroom/nest-service';
import { type AppCredentials, Database, type EntitlementSet, isDatabaseAway } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { LastKnown } from './last-known.js';
import { outageMsToken } from '../injection-tokens.js';

/** Well below the deadline of a login, which reads twice. */
const readTimeoutMs = 700;
const retryMs = 1000;
const maxRefreshMs = 5 * 60_000;

/**
 * The rules that a login reads: credentials and entitlements. While the database is unavailable, the last verified
 * ones are used. All AppIDs are read from time to time, so that every instance knows them.
 */
@Injectable()
export class AppRules implements OnApplicationBootstrap, OnModuleDestroy {
  readonly credentials: LastKnown<number, AppCredentials>;
  readonly entitlements: LastKnown<number, EntitlementSet>;
  private readonly refreshing: PeriodicWork;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(outageMsToken) maxAgeMs: number,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const shared = { maxAgeMs, timeoutMs: readTimeoutMs, retryMs };
    this.credentials = new LastKnown({
      ...shared,
      read: (appId) => database.apps.findCredentials(appId),
      onChange: (isAway) => this.report(isAway),
    });
    this.entitlements = new LastKnown({
      ...shared,
      read: (appId) => database.entitlements.find(appId),
      onChange: () => {},
    });
    this.refreshing = new PeriodicWork({
      // So that what is known is never older than a quarter of its maximum age when an outage begins.
      intervalMs: Math.min(maxRefreshMs, maxAgeMs / 4),
      jitter: 0.1,
      run: () => this.refresh(),
      onError: (error) => {
        if (!isDatabaseAway(error)) {
          logger.error({ err: error }, 'reading the rules of all apps failed; it will be retried');
        }
      },
    });
  }

  onApplicationBootstrap(): void {
    this.refreshing.startNow();
  }

  onModuleDestroy(): Promise<void> {
    return this.refreshing.close();
  }

  /** The rules of an AppID have changed. */
  delete(appId: number): void {
    this.credentials.delete(appId);
    this.entitlements.delete(appId);
  }

  private async refresh(): Promise<void> {
    const appIds = (await this.database.apps.list()).map((app) => app.appId);
    await this.credentials.refresh(appIds);
    await this.entitlements.refresh(appIds);
    this.logger.debug({ apps: appIds.length }, 'rules of all apps read');
  }

  private report(isAway: boolean): void {
    if (isAway) {
      this.logger.warn('database unavailable: logins use the rules that were read last');
    } else {
      this.logger.info('database available again');
    }
  }
}
