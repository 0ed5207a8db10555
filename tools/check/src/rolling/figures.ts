import { type Ledger, type Verdict } from '../messages/ledger.js';
import { percentile } from '../media/percentile.js';

export const maxGapP95Ms = 250;

/** One instance that was stopped and started again. */
export interface Restart {
  instance: string;
  /** From SIGTERM. */
  endedMs: number;
  /** From SIGTERM. */
  readyMs: number;
  /** The exit code, or the signal that ended it. */
  ended: number | string | null;
}

export interface Login {
  ms: number;
  /** Attempts that had to be repeated. */
  retries: number;
  /** Why it failed, if it did. */
  failure?: string;
}

/** What the ledger has counted since this object was made. */
export class MessageCount {
  private readonly before: Verdict;
  private readonly writtenBefore: number;

  constructor(private readonly ledger: Ledger) {
    this.before = ledger.verdict;
    this.writtenBefore = ledger.written;
  }

  /** `unsent`: without an acknowledgement, however often they were repeated. */
  read(): Omit<Verdict, 'deliveries'> & { unsent: number } {
    const { before } = this;
    const now = this.ledger.verdict;
    const acknowledged = now.acknowledged - before.acknowledged;
    return {
      acknowledged,
      unsent: this.ledger.written - this.writtenBefore - acknowledged,
      lost: now.lost - before.lost,
      duplicated: now.duplicated - before.duplicated,
      reordered: now.reordered - before.reordered,
      wrongRoom: now.wrongRoom - before.wrongRoom,
      gone: now.gone - before.gone,
    };
  }
}

/** What users noticed while the instances of one service were restarted. */
export class ServiceFigures {
  readonly restarts: Restart[] = [];
  readonly logins: Login[] = [];
  readonly gapsMs: number[] = [];
  readonly messages: ReturnType<MessageCount['read']>[] = [];
  /** The SDK's errors of messages that it gave up. */
  readonly unsentReasons: string[] = [];

  constructor(readonly service: string) {}

  get failures(): string[] {
    return this.logins.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  }

  /** Whether every goal is met. */
  get isRight(): boolean {
    const { failures, gapsMs, restarts } = this;
    const faults = ['unsent', 'lost', 'duplicated', 'reordered', 'wrongRoom', 'gone'] as const;
    return (
      failures.length === 0 &&
      faults.every((fault) => this.sum(fault) === 0) &&
      percentile(gapsMs, 0.95) <= maxGapP95Ms &&
      restarts.every(({ ended }) => ended === 0)
    );
  }

  describe(): string {
    const { failures, gapsMs, logins, restarts } = this;
    const seconds = (all: number[]): string => `${(Math.max(0, ...all) / 1000).toFixed(1)} s`;
    const badly = restarts.filter(({ ended }) => ended !== 0);
    const retried = logins.filter(({ retries }) => retries > 0).length;
    return [
      `${this.service}: ${restarts.length} restarts`,
      ` (ended within ${seconds(restarts.map(({ endedMs }) => endedMs))},`,
      ` ready within ${seconds(restarts.map(({ readyMs }) => readyMs))})`,
      ...badly.map(({ ended, instance }) => `, ${instance} ENDED WITH ${ended}`),
      `; ${logins.length} logins, ${failures.length} failed${list(failures)},`,
      ` ${retried} retried, the slowest ${seconds(logins.map(({ ms }) => ms))};`,
      ` ${this.sum('acknowledged')} messages, ${this.sum('lost')} lost, ${this.sum('duplicated')} duplicated,`,
      ` ${this.sum('reordered')} reordered, ${this.sum('wrongRoom')} in a wrong room,`,
      ` ${this.sum('gone')} reported as no longer stored, ${this.sum('unsent')} not sent${list(this.unsentReasons)};`,
      ` media gap p95 ${Math.round(percentile(gapsMs, 0.95))} ms,`,
      ` the longest ${Math.round(Math.max(0, ...gapsMs))} ms of ${gapsMs.length}`,
    ].join('');
  }

  private sum(name: keyof ReturnType<MessageCount['read']>): number {
    return this.messages.reduce((sum, each) => sum + each[name], 0);
  }
}

/** ` (1190203 3×, 1002033 1×)` */
function list(failures: readonly string[]): string {
  const kinds = [...new Set(failures)].map(
    (kind) => `${kind} ${failures.filter((failure) => failure === kind).length}×`,
  );
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
}
