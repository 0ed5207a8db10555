import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicWork, retry, settlesWithin } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { newId, usageRpc, type UsageCount, type UsageRow } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { LOGGER } from '../logging/logger-token.js';
import { USAGE_INTERVAL_MS } from './usage-interval.js';

const hourMs = 3_600_000;
/** Rows that wait while auth is away: some 100 MB. Further ones are lost, and logged. */
const maxWaitingRows = 200_000;
const firstRetryMs = 500;
const maxRetryMs = 10_000;
const attempts = 6;
/** Well below the time for which auth remembers a report, a day: a later repetition could be counted twice. */
const maxAgeMs = 12 * hourMs;
const collectDeadlineMs = 10_000;
/** How long an attempt waits for auth at a shutdown. */
const lastTimeoutMs = 3000;

/** Rows under the ID by which auth counts them once. */
interface Report {
  reportId: string;
  rows: UsageRow[];
  /** Of its first attempt. */
  atMs: number;
}

/** What was used, by whom and where. */
export interface UsageOf {
  appId: number;
  /** '' = in no particular room. */
  roomId: string;
  userId: string;
}

export type UsageCounts = Partial<Record<UsageCount, number>>;

const nothing: Record<UsageCount, number> = {
  sessionMs: 0,
  memberMs: 0,
  messages: 0,
  messageBytes: 0,
  sentBytes: 0,
  receivedBytes: 0,
};

/**
 * Sums what this process counts, and reports it to auth periodically. Adding is a lookup in memory. A report is
 * repeated under its ID until auth has stored it, so it is counted once; a process that is killed loses what it has
 * counted since its last report.
 */
@Injectable()
export class UsageReporter implements OnApplicationBootstrap, OnApplicationShutdown {
  private rows = new Map<string, UsageRow>();
  /** Reports that auth has not stored yet. */
  private waiting: Report[] = [];
  private readonly collectors: (() => void | Promise<void>)[] = [];
  private readonly ending = new AbortController();
  private readonly reporting: PeriodicWork;
  private lost = 0;

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(USAGE_INTERVAL_MS) intervalMs: number,
  ) {
    this.reporting = new PeriodicWork({
      intervalMs,
      jitter: 0.1,
      run: () => this.report(),
      onError: (error) => logger.error({ err: error }, 'usage not reported; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.reporting.start();
  }

  /** Runs when nothing is counted any more. Auth is not waited for: what it does not store now is lost. */
  async onApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.reporting.close();
    await this.report();
    if (this.waitingRows > 0) {
      this.logger.error({ rows: this.waitingRows }, 'usage lost: auth did not store it before the shutdown');
    }
  }

  /** Called before each report, to add what is counted in intervals. One that takes long is not waited for. */
  collectWith(collector: () => void | Promise<void>): void {
    this.collectors.push(collector);
  }

  /** Adds to the hour of `atMs`. */
  add({ appId, roomId, userId }: UsageOf, counts: UsageCounts, atMs = Date.now()): void {
    const hour = atMs - (atMs % hourMs);
    const key = `${appId} ${hour} ${roomId} ${userId}`;
    let row = this.rows.get(key);
    if (row === undefined) {
      if (this.rows.size + this.waitingRows >= maxWaitingRows) {
        this.lost += 1;
        return;
      }
      row = { appId, hourMs: hour, roomId, userId, ...nothing };
      this.rows.set(key, row);
    }
    for (const [name, value] of Object.entries(counts) as [UsageCount, number][]) {
      row[name] += value;
    }
  }

  /** Adds time, split at full hours. */
  addTime(of: UsageOf, name: 'sessionMs' | 'memberMs', fromMs: number, untilMs: number): void {
    for (let atMs = fromMs; atMs < untilMs;) {
      const endMs = Math.min(untilMs, atMs - (atMs % hourMs) + hourMs);
      this.add(of, { [name]: endMs - atMs }, atMs);
      atMs = endMs;
    }
  }

  /** Reports everything that was added. What auth does not store is reported again the next time. */
  async report(): Promise<void> {
    for (const collect of this.collectors) {
      await this.collect(collect);
    }
    if (this.lost > 0) {
      this.logger.error({ lost: this.lost }, 'usage lost: too much waits for auth');
      this.lost = 0;
    }
    const rows = [...this.rows.values()];
    this.rows = new Map();
    const atMs = Date.now();
    for (let start = 0; start < rows.length; start += usageRpc.maxUsageRows) {
      const part = rows.slice(start, start + usageRpc.maxUsageRows);
      this.waiting.push({ reportId: newId('report'), rows: part, atMs });
    }
    this.dropOld();
    for (let report = this.waiting[0]; report !== undefined; report = this.waiting[0]) {
      const stored = await this.send(report);
      this.waiting.shift();
      if (!stored) {
        // Last, so that a report that auth cannot store holds up no other.
        this.waiting.push(report);
        return;
      }
    }
  }

  private get waitingRows(): number {
    return this.waiting.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  private async collect(collector: () => void | Promise<void>): Promise<void> {
    const collecting = (async () => collector())().catch((error: unknown) =>
      this.logger.error({ err: error }, 'usage not collected; it will be retried'),
    );
    if (!(await settlesWithin(collecting, collectDeadlineMs))) {
      this.logger.warn('usage not collected in time; a later report has it');
    }
  }

  private dropOld(): void {
    const oldestMs = Date.now() - maxAgeMs;
    const old = this.waiting.filter(({ atMs }) => atMs < oldestMs);
    if (old.length > 0) {
      this.waiting = this.waiting.filter((report) => !old.includes(report));
      const rows = old.reduce((sum, report) => sum + report.rows.length, 0);
      this.logger.error({ rows }, 'usage lost: auth did not store it');
    }
  }

  /** Whether auth has stored it. */
  private async send({ reportId, rows }: Report): Promise<boolean> {
    const { signal } = this.ending;
    // Short at a shutdown, and without the signal, which would leave no attempt.
    const request = signal.aborted ? { timeoutMs: lastTimeoutMs } : {};
    const limits = signal.aborted ? { attempts: 2 } : { attempts, signal };
    try {
      await retry(() => this.bus.request(usageRpc.recordUsage, { reportId, rows }, request), {
        ...limits,
        firstDelayMs: firstRetryMs,
        maxDelayMs: maxRetryMs,
        onFailure: (error, attempt) => {
          if (attempt === 1) {
            this.logger.warn({ err: error, rows: rows.length }, 'usage not reported yet');
          }
        },
      });
      return true;
    } catch {
      return false;
    }
  }
}
