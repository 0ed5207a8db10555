import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { Bus, EntitlementCache, EventLog, type EventStreamLimits, type NewEvent } from '@polyroom/bus';
import {
  AppError,
  type AppEventType,
  type Entitlements,
  type EventOwner,
  eventsLogged,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { type OutboxEntry, type OutboxOwner, RoomStore } from '@polyroom/room-store';
import { roomMetrics } from '../room-metrics.js';

/** Events of one room that come within this time share an entry of the log. */
const gatherMs = 20;
const maxRetryMs = 5000;
/** Owners whose events are moved at the same time. */
const concurrency = 16;
const entriesAtOnce = 200;
/** Between two scans for what crashed instances left behind. One instance scans. */
const scanEveryMs = 30_000;
const closeDeadlineMs = 3000;

/**
 * Moves the events of the outboxes into the event log. Any instance may move those of any owner: the log accepts each
 * entry once. The instance that ran a command moves its events at once; the scan finds those of a crashed instance.
 */
@Injectable()
export class EventDrain implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: EventLog;
  private readonly waiting = new Map<string, OutboxOwner>();
  private readonly running = new Set<string>();
  private readonly known = new Map<number, EventStreamLimits>();
  private readonly scanning: PeriodicWork;
  /** By AppID: one whose log cannot be written does not delay the others. */
  private readonly failing = new Map<number, { failures: number; dueMs: number }>();
  private timer: { dueMs: number; handle: NodeJS.Timeout } | undefined;
  private closed = false;

  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.log = new EventLog(bus);
    this.scanning = new PeriodicWork({
      intervalMs: scanEveryMs,
      jitter: 0.5,
      run: () => this.scan(),
      onError: (error) =>
        logger.error({ err: error }, 'scanning for unlogged events failed; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.store.outbox.onWritten = (owner) => this.add(owner);
    this.scanning.startNow();
  }

  /** Moves what is left, within some seconds. Another instance finds the rest. */
  async onModuleDestroy(): Promise<void> {
    await this.scanning.close();
    const deadlineMs = performance.now() + closeDeadlineMs;
    while ((this.waiting.size > 0 || this.running.size > 0) && performance.now() < deadlineMs) {
      this.failing.clear();
      this.start();
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
    }
    this.closed = true;
    clearTimeout(this.timer?.handle);
  }

  /** Stores events of other services. Throws BUS_TIMEOUT if it is unknown whether they are stored. */
  async logNow(owner: EventOwner, events: NewEvent[]): Promise<void> {
    const limits = await this.limitsOf(owner.appId);
    for (let left = limits === undefined ? [] : events; left.length > 0;) {
      const lastId = await this.log
        .transfer(owner, 'service', limits!, () => Promise.resolve(left))
        .catch((error: unknown) => {
          throw new AppError('BUS_TIMEOUT', { cause: error });
        });
      left = left.slice(left.findIndex(({ id }) => id === lastId) + 1);
      this.bus.publish(eventsLogged, {}, { appId: owner.appId });
    }
  }

  async deleteLog(appId: number): Promise<void> {
    await this.log.delete(appId);
  }

  private add(owner: OutboxOwner): void {
    this.waiting.set(keyOf(owner), owner);
    this.schedule(gatherMs);
  }

  /** Keeps an earlier timer. */
  private schedule(inMs: number): void {
    const dueMs = performance.now() + inMs;
    if (this.closed || (this.timer !== undefined && this.timer.dueMs <= dueMs)) {
      return;
    }
    clearTimeout(this.timer?.handle);
    const handle = setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, inMs);
    this.timer = { dueMs, handle };
  }

  private start(): void {
    const nowMs = performance.now();
    let nextMs = Infinity;
    for (const [key, owner] of this.waiting) {
      if (this.running.size >= concurrency) {
        return;
      }
      const { dueMs } = this.failing.get(owner.appId) ?? { dueMs: 0 };
      if (this.running.has(key)) {
        continue;
      }
      if (dueMs > nowMs) {
        nextMs = Math.min(nextMs, dueMs);
        continue;
      }
      this.waiting.delete(key);
      this.running.add(key);
      void this.move(owner)
        .then(
          () => this.failing.delete(owner.appId),
          (error: unknown) => this.retryLater(key, owner, error),
        )
        .finally(() => {
          this.running.delete(key);
          if (this.waiting.size > 0) {
            this.schedule(0);
          }
        });
    }
    if (nextMs < Infinity) {
      this.schedule(nextMs - nowMs);
    }
  }

  private retryLater(key: string, owner: OutboxOwner, error: unknown): void {
    const { appId } = owner;
    roomMetrics.eventLogFailures.inc();
    this.waiting.set(key, owner);
    const { dueMs, failures } = this.failing.get(appId) ?? { dueMs: 0, failures: 0 };
    if (dueMs > performance.now()) {
      // Another owner of the AppID has failed with the same attempt.
      return;
    }
    if (failures === 0) {
      this.logger.warn({ err: error, appId }, 'events not logged yet; it will be retried');
    }
    const retryMs = Math.min(maxRetryMs, 100 * 2 ** Math.min(failures + 1, 6));
    this.failing.set(appId, { failures: failures + 1, dueMs: performance.now() + retryMs });
  }

  private async move(owner: OutboxOwner): Promise<void> {
    const { outbox } = this.store;
    const limits = await this.limitsOf(owner.appId);
    for (let left = 1; left > 0;) {
      let lastId: string | undefined;
      if (limits === undefined) {
        lastId = (await outbox.read(owner, entriesAtOnce)).at(-1)?.id;
      } else {
        lastId = await this.log.transfer(ownerOf(owner), 'outbox', limits, async () =>
          (await outbox.read(owner, entriesAtOnce)).map(toEvent),
        );
      }
      if (lastId === undefined) {
        return;
      }
      left = await outbox.drop(owner, lastId);
      this.bus.publish(eventsLogged, {}, { appId: owner.appId });
    }
  }

  /** Undefined if the events of the AppID are not to be kept. */
  private async limitsOf(appId: number): Promise<EventStreamLimits | undefined> {
    let limits = this.known.get(appId);
    try {
      limits = toLimits(await this.entitlements.get(appId));
      this.known.set(appId, limits);
    } catch (error) {
      if (AppError.is(error, 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE')) {
        this.known.delete(appId);
        return undefined;
      }
      // The sessions of a disabled AppID end: that is logged too.
      if (limits === undefined && !AppError.is(error, 'COMMON_APP_OFFLINE')) {
        throw error;
      }
      limits ??= toLimits(defaultEntitlements);
    }
    return limits.maxAgeMs === 0 ? undefined : limits;
  }

  private async scan(): Promise<void> {
    if (await this.store.outbox.takeScan(scanEveryMs)) {
      await this.store.outbox.scan((owner) => this.add(owner));
    }
  }
}

function toLimits({ eventLogHours, maxEventLogBytes }: Entitlements): EventStreamLimits {
  return { maxAgeMs: eventLogHours * 3600_000, maxBytes: maxEventLogBytes };
}

function keyOf(owner: OutboxOwner): string {
  return JSON.stringify([
    owner.appId,
    'roomId' in owner ? 0 : 1,
    'roomId' in owner ? owner.roomId : owner.userId,
  ]);
}

function ownerOf(owner: OutboxOwner): EventOwner {
  const { appId } = owner;
  return 'roomId' in owner ? { appId, roomId: owner.roomId } : { appId, userId: owner.userId };
}

function toEvent({ id, atMs, event: { type, ...data } }: OutboxEntry): NewEvent {
  return { id, type: type as AppEventType, atMs, data };
}
