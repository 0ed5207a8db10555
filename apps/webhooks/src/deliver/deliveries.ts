import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus, type BusSubscription, EventLog } from '@polyroom/bus';
import { eventsLogged, roomRpc, type SendableWebhook, webhooksRpc } from '@polyroom/contracts';
import { Instances, LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import { EventSender } from '../send/event-sender.js';
import { DeliveryLog } from './delivery-log.js';
import { deliveryAttempts } from './delivery-metrics.js';
import { EndpointSender } from './endpoint-sender.js';
import {
  enabledAgain,
  hasFailures,
  newState,
  parseStateKey,
  stateKey,
  withoutFailures,
} from './endpoint-state.js';
import { EndpointStates, type StateEntry } from './endpoint-states.js';

export interface DeliveryOptions {
  retryForMs: number;
  disableAfterMs: number;
}
export const deliveryOptionsToken = Symbol('deliveryOptions');

const lookEveryMs = 500;
/** Should the event that announces new entries be lost. */
const idleMs = 1000;
const errorMs = 1000;

/** One endpoint that this instance sends to. */
class Running {
  private wakeUp: () => void = () => {};
  private woken = false;
  isStopped = false;

  constructor(readonly work: (running: Running) => Promise<void>) {}

  readonly done = (async () => {
    await Promise.resolve();
    await this.work(this);
  })();

  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  /** Waits, at most until the time, for something new. */
  async sleep(ms: number): Promise<void> {
    if (!this.woken && ms > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.wakeUp = () => {};
    this.woken = false;
  }
}

/**
 * Sends to the endpoints that this instance owns. Each enabled endpoint is owned by one instance; if it ends, another one takes
 * over and continues where the state says.
 */
@Injectable()
export class Deliveries implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private readonly looking: PeriodicWork;
  private subscription: BusSubscription | undefined;
  private closed = false;

  constructor(
    private readonly bus: Bus,
    private readonly instances: Instances,
    private readonly directory: EndpointDirectory,
    private readonly states: EndpointStates,
    private readonly log: EventLog,
    private readonly deliveryLog: DeliveryLog,
    private readonly sender: EventSender,
    @Inject(deliveryOptionsToken) private readonly options: DeliveryOptions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.looking = new PeriodicWork({
      intervalMs: lookEveryMs,
      jitter: 0.3,
      run: () => this.look(),
      onError: (error) => logger.warn({ err: error }, 'endpoints not compared; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.states.follow((key) => {
      const entry = this.states.find(key);
      if (entry?.value.ownerId !== this.instances.ownId) {
        this.running.get(key)?.stop();
      } else {
        // Perhaps a replay.
        this.running.get(key)?.wake();
      }
    });
    this.subscription = this.bus.subscribe(eventsLogged, {}, ({ appId }) => {
      for (const [key, running] of this.running) {
        if (key.startsWith(`${appId}.`)) {
          running.wake();
        }
      }
    });
    this.looking.startNow();
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    this.subscription?.close();
    await this.looking.close();
    const running = [...this.running.values()];
    running.forEach((each) => each.stop());
    await Promise.all(running.map(({ done }) => done));
    await this.instances.leave();
    this.states.close();
  }

  /** Has the owner continue from another position. */
  async replay(webhook: SendableWebhook, cursor: string): Promise<void> {
    const key = stateKey(webhook.appId, webhook.endpointId);
    for (;;) {
      const entry = await this.states.read(key);
      const written =
        entry === undefined
          ? await this.states.create(key, newState('', cursor))
          : await this.states.update(entry, newState(entry.value.ownerId, cursor));
      if (written !== undefined) {
        this.running.get(key)?.wake();
        return;
      }
    }
  }

  /** Takes endpoints without an owner, and stops those that are disabled or deleted. */
  private async look(): Promise<void> {
    if (!this.states.isRead || !this.directory.isRead) {
      return;
    }
    const wanted = new Map(
      this.directory.enabled.map((webhook) => [stateKey(webhook.appId, webhook.endpointId), webhook]),
    );
    for (const [key, running] of this.running) {
      if (!wanted.has(key)) {
        running.stop();
      }
    }
    for (const [key, webhook] of wanted) {
      if (!this.running.has(key) && !this.closed && (await this.tryTake(key, webhook))) {
        this.start(key, webhook);
      }
    }
    await this.forgetDeleted();
    await this.forgetFailures();
  }

  /** A log that cannot be read does not keep other endpoints waiting. */
  private async tryTake(key: string, webhook: SendableWebhook): Promise<boolean> {
    try {
      return (await this.take(key, webhook)) !== undefined;
    } catch (error) {
      const { endpointId } = webhook;
      this.logger.warn({ err: error, endpointId }, 'endpoint not taken; it will be retried');
      return false;
    }
  }

  private async take(key: string, webhook: SendableWebhook): Promise<StateEntry | undefined> {
    const { ownId } = this.instances;
    const entry = this.states.find(key);
    if (entry === undefined) {
      const cursor = await this.log.findTime(webhook.appId, webhook.createdAtMs);
      return this.states.create(key, newState(ownId, cursor));
    }
    return this.mayTake(entry) ? this.states.update(entry, { ...entry.value, ownerId: ownId }) : undefined;
  }

  /** Whether no other live instance owns the endpoint. */
  private mayTake({ value: { ownerId } }: StateEntry): boolean {
    return ownerId === this.instances.ownId || ownerId === '' || this.instances.isGone(ownerId);
  }

  private start(key: string, webhook: SendableWebhook): void {
    const running = new Running((own) => this.send(key, webhook.endpointId, own));
    this.running.set(key, running);
    void running.done.finally(() => this.running.delete(key));
  }

  private async send(key: string, endpointId: string, running: Running): Promise<void> {
    const { ownId } = this.instances;
    const sender = new EndpointSender({
      log: this.log,
      send: (webhook, event) => this.sender.send(webhook, event),
      retryForMs: this.options.retryForMs,
      isOwner: () => !running.isStopped,
    });
    let entry: StateEntry | undefined;
    while (!running.isStopped) {
      try {
        if ((this.states.find(key)?.revision ?? 0) > (entry?.revision ?? 0)) {
          entry = undefined;
        }
        entry ??= await this.states.read(key);
        const webhook = this.directory.find(endpointId);
        if (entry?.value.ownerId !== ownId || webhook?.enabled !== true) {
          break;
        }
        const { enabledAtMs } = webhook;
        if (enabledAtMs !== undefined && enabledAtMs !== entry.value.enabledAtMs) {
          entry = await this.states.update(entry, enabledAgain(entry.value, enabledAtMs));
          continue;
        }
        const pauseMs = (entry.value.nextAtMs ?? 0) - Date.now();
        if (entry.value.failures > 0 && pauseMs > 0) {
          await this.sleepWhilePaused(running, pauseMs);
          // A replay may have changed the state meanwhile.
          entry = undefined;
          continue;
        }
        const { state, deliveries, isIdle } = await sender.step(webhook, entry.value);
        if (JSON.stringify(state) !== JSON.stringify(entry.value)) {
          entry = await this.states.update(entry, state);
        }
        await this.record(webhook, deliveries);
        // Only after an attempt: an endpoint that is enabled again gets one.
        if (deliveries.length > 0 && entry !== undefined && this.hasFailedForLong(entry)) {
          await this.disable(webhook, entry);
          break;
        }
        if (isIdle) {
          const nextMs = Math.min(
            ...Object.values(state.waiting).map(({ nextAtMs }) => nextAtMs - Date.now()),
          );
          await running.sleep(Math.max(0, Math.min(idleMs, nextMs)));
        }
      } catch (error) {
        this.logger.warn({ err: error, endpointId }, 'delivering failed; it will be retried');
        entry = undefined;
        await running.sleep(errorMs);
      }
    }
    await this.release(key);
  }

  /** Not ended by new events. */
  private async sleepWhilePaused(running: Running, pauseMs: number): Promise<void> {
    const endsAtMs = performance.now() + Math.min(pauseMs, idleMs);
    while (!running.isStopped && performance.now() < endsAtMs) {
      await running.sleep(endsAtMs - performance.now());
    }
  }

  private async record(
    webhook: SendableWebhook,
    deliveries: Parameters<DeliveryLog['add']>[2],
  ): Promise<void> {
    deliveries.forEach(({ outcome }) => deliveryAttempts.inc({ outcome }));
    if (deliveries.length > 0) {
      await this.deliveryLog
        .add(webhook.appId, webhook.endpointId, deliveries)
        .catch((error: unknown) => this.logger.warn({ err: error }, 'deliveries not recorded'));
    }
  }

  private hasFailedForLong({ value: { failingSinceMs } }: StateEntry): boolean {
    return failingSinceMs !== undefined && Date.now() - failingSinceMs >= this.options.disableAfterMs;
  }

  /** An operator may have disabled the endpoint, or enabled it again, meanwhile: then it is not disabled here. */
  private async disable(webhook: SendableWebhook, entry: StateEntry): Promise<void> {
    const { appId, endpointId, enabledAtMs } = webhook;
    const { disabled } = await this.bus.request(webhooksRpc.disableEndpoint, {
      ...{ appId, endpointId, failingSinceMs: entry.value.failingSinceMs! },
      ...(enabledAtMs === undefined ? {} : { enabledAtMs }),
    });
    if (disabled) {
      await this.noteDisabled(webhook, entry);
    }
  }

  /** Logs that a failing endpoint is disabled, then clears its failures: until then, they mark the event as missing. */
  private async noteDisabled({ appId, endpointId, url }: SendableWebhook, entry: StateEntry): Promise<void> {
    const { failingSinceMs } = entry.value;
    await this.bus.request(roomRpc.logEvent, {
      id: `${endpointId}-${failingSinceMs}`,
      ...{ appId, type: 'webhook.disabled' as const, atMs: Date.now() },
      data: { endpointId, url, failingSinceMs },
    });
    await this.states.update(entry, { ...withoutFailures(entry.value), ownerId: '' });
  }

  private async release(key: string): Promise<void> {
    try {
      const entry = await this.states.read(key);
      if (entry?.value.ownerId === this.instances.ownId) {
        await this.states.update(entry, { ...entry.value, ownerId: '' });
      }
    } catch (error) {
      this.logger.warn({ err: error, key }, 'endpoint not released; another instance takes it over');
    }
  }

  /** An endpoint that is enabled again begins without the failures from before it was disabled. */
  private async forgetFailures(): Promise<void> {
    for (const key of this.states.keys) {
      const entry = this.states.find(key);
      const webhook = this.directory.find(parseStateKey(key).endpointId);
      if (
        entry === undefined ||
        !hasFailures(entry.value) ||
        webhook?.enabled !== false ||
        !this.mayTake(entry) ||
        this.running.has(key)
      ) {
        continue;
      }
      if (webhook.disabledReason !== 'failing' || !this.hasFailedForLong(entry)) {
        await this.states.update(entry, withoutFailures(entry.value));
        continue;
      }
      // The instance that disabled it did not log it: the new owner does.
      const own = await this.states.update(entry, { ...entry.value, ownerId: this.instances.ownId });
      if (own !== undefined) {
        await this.noteDisabled(webhook, own);
      }
    }
  }

  private async forgetDeleted(): Promise<void> {
    for (const key of this.states.keys) {
      const entry = this.states.find(key);
      const { appId, endpointId } = parseStateKey(key);
      if (entry === undefined || this.running.has(key) || this.directory.find(endpointId) !== undefined) {
        continue;
      }
      // The copy may be older than the endpoint, which another instance may send to already.
      if ((await this.directory.findFresh(appId, endpointId)) === undefined) {
        await this.states.delete(entry);
      }
    }
  }
}
