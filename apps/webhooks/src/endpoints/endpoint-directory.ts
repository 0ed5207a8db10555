import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, Inject } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { AppError, type SendableWebhook, webhooksChanged, webhooksRpc } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';

/** Should the event that announces a change be lost. */
const refreshEveryMs = 30_000;
const retryMs = 1000;

/** All endpoints with their secrets: a copy of what auth has stored, in memory only. */
@Injectable()
export class EndpointDirectory implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly byId = new Map<string, SendableWebhook>();
  private readonly refreshing: PeriodicWork;
  private subscription: BusSubscription | undefined;
  isRead = false;
  private changes = 0;
  private isWaiting = false;

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.refreshing = new PeriodicWork({
      intervalMs: () => (this.isRead ? refreshEveryMs : retryMs),
      jitter: 0.2,
      run: () => this.readAll(),
      onError: (error) => this.report(error),
    });
  }

  onApplicationBootstrap(): void {
    this.subscription = this.bus.subscribe(webhooksChanged, {}, ({ appId }) => {
      this.changes += 1;
      return this.readApp(appId);
    });
    this.refreshing.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    this.subscription?.close();
    await this.refreshing.close();
  }

  /** A start before auth is no failure: one line says what is waited for. */
  private report(error: unknown): void {
    if (this.isRead || !AppError.is(error, 'BUS_UNAVAILABLE')) {
      this.logger.warn({ err: error }, 'endpoints not read; it will be retried');
    } else if (!this.isWaiting) {
      this.isWaiting = true;
      this.logger.warn({ dependency: 'auth', reason: error.message }, 'waiting for a dependency');
    }
  }

  get all(): SendableWebhook[] {
    return [...this.byId.values()];
  }

  /** Those that are to be sent to. */
  get enabled(): SendableWebhook[] {
    return this.all.filter(({ enabled }) => enabled);
  }

  find(endpointId: string): SendableWebhook | undefined {
    return this.byId.get(endpointId);
  }

  /** Asks auth if the endpoint is not known yet: it may have just been created. */
  async findFresh(appId: number, endpointId: string): Promise<SendableWebhook | undefined> {
    if (this.byId.get(endpointId)?.appId !== appId) {
      await this.readApp(appId);
    }
    const found = this.byId.get(endpointId);
    return found?.appId === appId ? found : undefined;
  }

  private async readApp(appId: number): Promise<void> {
    const webhooks = await this.read(appId);
    const ids = new Set(webhooks.map(({ endpointId }) => endpointId));
    for (const { endpointId, appId: ofAppId } of this.byId.values()) {
      if (ofAppId === appId && !ids.has(endpointId)) {
        this.byId.delete(endpointId);
      }
    }
    webhooks.forEach((webhook) => this.byId.set(webhook.endpointId, webhook));
  }

  private async readAll(): Promise<void> {
    const { changes } = this;
    const webhooks = await this.read(undefined);
    if (changes !== this.changes) {
      // What was read may be older than the change; the next run reads again.
      return;
    }
    this.byId.clear();
    webhooks.forEach((webhook) => this.byId.set(webhook.endpointId, webhook));
    this.isRead = true;
  }

  private async read(appId: number | undefined): Promise<SendableWebhook[]> {
    const webhooks: SendableWebhook[] = [];
    let after: string | undefined;
    do {
      const page = await this.bus.request(webhooksRpc.readEndpoints, {
        ...(appId === undefined ? {} : { appId }),
        ...(after === undefined ? {} : { after }),
      });
      webhooks.push(...page.webhooks);
      after = page.next;
    } while (after !== undefined);
    return webhooks;
  }
}
