import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicWork, retry } from '@polyroom/async';
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
/** Well below the time for which auth remembers a report. */
const attempts = 60;

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
      onError: (error) => logger.error({ err: error }, 'usage not collected; it will be retried'),
    });
  }

  onApplicationBootstrap(): void {
    this.reporting.start();
  }

  /** Runs when nothing is counted any more. */
  async onApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.reporting.close();
    await this.report();
  }

  /** Called before each report, to add what is counted in intervals. */
  collectWith(collector: () => void | Promise<void>): void {
    this.collectors.push(collector);
  }

  /** Adds to the hour of `atMs`. */
  add({ appId, roomId, userId }: UsageOf, counts: UsageCounts, atMs = Date.now()): void {
    const hour = atMs - (atMs % hourMs);
    const key = `${appId} ${hour} ${roomId} ${userId}`;
    let row = this.rows.get(key);
    if (row === undefined) {
      if (this.rows.size >= maxWaitingRows) {
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
      await collect();
    }
    if (this.lost > 0) {
      this.logger.error({ lost: this.lost }, 'usage lost: too much waits for auth');
      this.lost = 0;
    }
    const rows = [...this.rows.values()];
    this.rows = new Map();
    for (let start = 0; start < rows.length; start += usageRpc.maxUsageRows) {
      await this.send(rows.slice(start, start + usageRpc.maxUsageRows));
    }
  }

  private async send(rows: UsageRow[]): Promise<void> {
    const request = { reportId: newId('report'), rows };
    try {
      await retry(() => this.bus.request(usageRpc.recordUsage, request), {
        // Once more at a shutdown.
        attempts: this.ending.signal.aborted ? 2 : attempts,
        firstDelayMs: firstRetryMs,
        maxDelayMs: maxRetryMs,
        onFailure: (error, attempt) => {
          if (attempt === 1) {
            this.logger.warn({ err: error, rows: rows.length }, 'usage not reported yet');
          }
        },
      });
    } catch (error) {
      this.logger.error({ err: error, rows: rows.length }, 'usage lost: auth did not store it');
    }
  }
}
