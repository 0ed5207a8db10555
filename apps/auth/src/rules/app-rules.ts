import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { type PayloadOf, type tokensRevoked } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type AppCredentials, Database, type EntitlementSet, isDatabaseAway } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { type RevocationList } from '../revocations/revocation-list.js';
import { Revocations } from '../revocations/revocations.js';
import { LastKnown } from './last-known.js';
import { outageMsToken } from '../injection-tokens.js';

/** Well below the deadline of a login, which reads twice. */
const readTimeoutMs = 700;
const retryMs = 1000;
const maxRefreshMs = 5 * 60_000;

/** How the clients of an AppID log in, with the revocations of their tokens. */
export interface LoginRules extends AppCredentials {
  revocations: RevocationList;
}

/**
 * The rules that a login reads: credentials, revocations and entitlements. While the database is unavailable, the last verified
 * ones are used. All AppIDs are read from time to time, so that every instance knows them.
 */
@Injectable()
export class AppRules implements OnApplicationBootstrap, OnModuleDestroy {
  readonly credentials: LastKnown<number, LoginRules>;
  readonly entitlements: LastKnown<number, EntitlementSet>;
  private readonly refreshing: PeriodicWork;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(outageMsToken) maxAgeMs: number,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly revocations: Revocations,
  ) {
    const shared = { maxAgeMs, timeoutMs: readTimeoutMs, retryMs };
    this.credentials = new LastKnown({
      ...shared,
      read: (appId) => this.readLoginRules(appId),
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

  /** The rules of an AppID have changed: they are read again at once, so that an outage finds them known. */
  change(appId: number): void {
    this.revocations.forget(appId);
    this.credentials.delete(appId);
    this.entitlements.delete(appId);
    this.readAgain(appId);
  }

  /** Tokens of an AppID were revoked. */
  revoke(revoked: PayloadOf<typeof tokensRevoked>): void {
    this.revocations.announce(revoked);
    this.readAgain(revoked.appId);
  }

  private readAgain(appId: number): void {
    Promise.all([this.credentials.get(appId), this.entitlements.get(appId)]).catch((error: unknown) => {
      if (!isDatabaseAway(error)) {
        this.logger.error({ err: error, appId }, 'reading the rules of an app failed; it will be retried');
      }
    });
  }

  private async readLoginRules(appId: number): Promise<LoginRules | undefined> {
    const credentials = await this.database.apps.findCredentials(appId);
    if (credentials === undefined) {
      return undefined;
    }
    const former = this.credentials.peek(appId)?.revocations;
    const revocations = await this.revocations.find(appId, credentials.revocationsVersion, former);
    return revocations === undefined ? undefined : { ...credentials, revocations };
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
