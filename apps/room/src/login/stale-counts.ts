import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PeriodicWork } from '@polyroom/async';
import { type SessionRef } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { type Count, type Counted, countedOfLogin, type Due, RoomStore } from '@polyroom/room-store';
import { inBatches } from '../in-batches.js';
import { roomMetrics } from '../room-metrics.js';
import { GatewayCheck } from '../sessions/gateway-check.js';

/** A younger count may be that of a login in progress, which is admitted before its caller times out. */
const staleAfterMs = 15_000;
/** Interval between two checks of an AppID that has counts. */
const checkEveryMs = 10_000;
const lookEveryMs = 2500;
/** Between `remind` and the count in Redis; a count that takes longer is noted afterwards. */
const countWithinMs = 5000;
/** Counts of each kind that one check looks at: the oldest. Those that are right become the latest. */
const mostChecked = 500;
const batchSize = 50;

/**
 * Finds the counts of rooms, users and sessions that no longer exist: the place of the entity and its count are in
 * two slots, so a crash between them leaves the count. Also finds live sessions that are in no room and that no
 * gateway knows.
 */
@Injectable()
export class StaleCounts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly work: PeriodicWork;
  /** By AppID: when this process counted something last, and when it scheduled a check last. */
  private readonly active = new Map<number, { countedAtMs: number; remindedAtMs: number }>();

  constructor(
    private readonly store: RoomStore,
    private readonly gateways: GatewayCheck,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.work = new PeriodicWork({
      intervalMs: lookEveryMs,
      // Instances that run at the same time would take the same entries.
      jitter: 0.5,
      run: () => this.look(),
      onError: (error) => logger.error({ err: error }, 'checking counts failed; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.work.close();
  }

  /** Call before something is counted: schedules the check, at most every few seconds for an AppID. */
  async remind(appId: number): Promise<void> {
    const nowMs = Date.now();
    this.note(appId);
    if (nowMs - (this.active.get(appId)?.remindedAtMs ?? 0) >= checkEveryMs / 2) {
      await this.schedule(appId);
    }
  }

  /** Call after something was counted: a process that was stopped in between counts it long after `remind`. */
  note(appId: number): void {
    const { remindedAtMs } = this.active.get(appId) ?? { remindedAtMs: 0 };
    this.active.set(appId, { countedAtMs: Date.now(), remindedAtMs });
  }

  /** Drops a count unless what it counts is there, or it is younger than `minAgeMs`. */
  async drop(appId: number, count: Count, minAgeMs = staleAfterMs): Promise<void> {
    if ((await this.find(appId, count)) === 'gone') {
      await this.store.quotas.drop(appId, count, minAgeMs);
    }
  }

  /** Drops all stale counts of one kind. */
  async dropAll(appId: number, what: Counted): Promise<void> {
    let cursor = '0';
    do {
      const page = await this.store.quotas.scan(appId, what, cursor);
      await Promise.all(page.counts.map((count) => this.drop(appId, count)));
      ({ cursor } = page);
    } while (cursor !== '0');
  }

  private async look(): Promise<void> {
    const nowMs = Date.now();
    for (const [appId, { countedAtMs, remindedAtMs }] of this.active) {
      if (remindedAtMs <= countedAtMs + countWithinMs) {
        // A check before the count has seen nothing, and ended the schedule.
        await this.schedule(appId);
      } else if (nowMs - countedAtMs > checkEveryMs) {
        this.active.delete(appId);
      }
    }
    const takenAtMs = performance.now();
    for (const due of await this.store.leases.takeCountsToCheck(checkEveryMs)) {
      await this.check(due, takenAtMs);
    }
  }

  private async schedule(appId: number): Promise<void> {
    const nowMs = Date.now();
    await this.store.leases.remindOfCounts(appId, checkEveryMs);
    const { countedAtMs } = this.active.get(appId) ?? { countedAtMs: 0 };
    this.active.set(appId, { countedAtMs, remindedAtMs: nowMs });
  }

  private async check(due: Due<number>, takenAtMs: number): Promise<void> {
    const appId = due.value;
    const counts = await Promise.all(
      countedOfLogin.map((what) => this.store.quotas.oldest(appId, what, mostChecked)),
    );
    let kept = 0;
    await inBatches(counts.flat(), batchSize, async (count) => {
      const isKept = await this.checkCount(appId, count);
      // Not `kept += await …`, which reads the sum before the wait and so loses concurrent additions.
      kept += isKept ? 1 : 0;
    });
    // Otherwise it is due again already. After a long time, something may have been counted that relies on this check.
    if (kept === 0 && performance.now() - takenAtMs < countWithinMs) {
      await this.store.leases.dropCounts(due);
    }
  }

  /** False if the count was dropped. */
  private async checkCount(appId: number, count: Count): Promise<boolean> {
    const found = await this.find(appId, count);
    if (found === 'roomless') {
      // The checks of rooms do not find it.
      await this.gateways.check(sessionOfCount(appId, count.id));
    }
    if (found !== 'gone') {
      await this.store.quotas.keep(appId, count);
      return true;
    }
    const isDropped = await this.store.quotas.drop(appId, count, staleAfterMs);
    roomMetrics.repairs.inc({ kind: 'count' }, isDropped ? 1 : 0);
    return !isDropped;
  }

  private async find(appId: number, { what, id }: Count): Promise<'there' | 'roomless' | 'gone'> {
    if (what === 'rooms') {
      return (await this.store.reader.roomExists(appId, id)) ? 'there' : 'gone';
    }
    if (what === 'users') {
      return (await this.store.reader.readUser(appId, id)).sessions.length > 0 ? 'there' : 'gone';
    }
    const { sessionId, userId } = sessionOfCount(appId, id);
    const { rooms, sessions } = await this.store.reader.readUser(appId, userId);
    if (!sessions.some((session) => session.sessionId === sessionId)) {
      return 'gone';
    }
    return rooms.some((slot) => slot.sessionId === sessionId && slot.state === 'live') ? 'there' : 'roomless';
  }
}

/** The session of a count: the inverse of `sessionCountId`. */
function sessionOfCount(appId: number, id: string): SessionRef {
  const [sessionId = '', userId = ''] = id.split(' ');
  return { appId, userId, sessionId };
}
