import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { retry } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import { AppError, auditRpc, type ReplyOf } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from 'pino';

const firstRetryMs = 100;
const maxRetryMs = 2000;
/** Reports kept while auth is away; a flood that is longer goes to the log. */
const maxPending = 10_000;
/** How long a shutdown waits for auth. */
const shutdownDeadlineMs = 5000;

interface Pending {
  act: auditRpc.ReportedAct;
  stored: () => void;
}

/**
 * Reports acts to the audit in auth, which acknowledges them when they are stored. A report is repeated until then,
 * under the same ID, so nothing is lost or doubled if an instance of auth is killed. A report that cannot be
 * delivered is written to the log.
 */
@Injectable()
export class ActReports implements OnApplicationShutdown {
  private readonly pending: Pending[] = [];
  private readonly ending = new AbortController();
  private sending: Promise<void> | undefined;

  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves when the act is stored, or given to the log. */
  add(act: auditRpc.ReportedAct): Promise<void> {
    if (this.pending.length >= maxPending) {
      this.giveToLog([act], new Error('too many reports wait for auth'));
      return Promise.resolve();
    }
    return new Promise((stored) => {
      this.pending.push({ act, stored });
      this.sending ??= this.send().finally(() => {
        this.sending = undefined;
      });
    });
  }

  /** Runs when the last request over HTTP was answered. */
  async onApplicationShutdown(): Promise<void> {
    const timer = setTimeout(() => this.ending.abort(), shutdownDeadlineMs);
    await this.sending;
    clearTimeout(timer);
  }

  private async send(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending.slice(0, auditRpc.maxActsAtOnce);
      const acts = batch.map(({ act }) => act);
      try {
        const { refused } = await this.deliver(acts);
        const lost = acts.filter(({ reportId }) => refused.includes(reportId));
        this.giveToLog(lost, new Error('the statement does not prove the act'));
      } catch (error) {
        this.giveToLog(acts, error);
      }
      this.pending.splice(0, batch.length);
      batch.forEach(({ stored }) => stored());
    }
  }

  private deliver(acts: auditRpc.ReportedAct[]): Promise<ReplyOf<typeof auditRpc.recordActs>> {
    return retry(() => this.bus.request(auditRpc.recordActs, { acts }), {
      firstDelayMs: firstRetryMs,
      maxDelayMs: maxRetryMs,
      ref: true,
      signal: this.ending.signal,
      // Another attempt would be refused, too.
      shouldRetry: (error) => !(error instanceof AppError && error.fault === 'client'),
      onFailure: (error, attempt) => {
        this.logger.warn({ err: error, attempt, acts: acts.length }, 'audit not reached');
      },
    });
  }

  private giveToLog(acts: auditRpc.ReportedAct[], error: unknown): void {
    for (const { statement: _statement, ...act } of acts) {
      this.logger.error({ err: error, act }, 'act not in the audit');
    }
  }
}
