import { percentile } from '../media/percentile.js';
import { type Messages } from './message-count.js';

export interface Login {
  ms: number;
  /** Attempts that had to be repeated. */
  retries: number;
  /** Why it failed, if it did. */
  failure?: string;
  /** Whether its error permits a retry, as it does while a store is away. */
  isClear?: boolean;
}

const faults = ['lost', 'duplicated', 'reordered', 'wrongRoom', 'gone'] as const;

/** What the users of a load noticed in a part of a check. */
export class LoadFigures {
  readonly logins: Login[] = [];
  readonly gapsMs: number[] = [];
  readonly messages: Messages[] = [];
  /** The SDK's errors of messages that it gave up. */
  readonly unsentReasons: string[] = [];

  get failures(): string[] {
    return this.logins.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  }

  /** No acknowledged message was lost, duplicated, out of order or in a wrong room. */
  get areMessagesRight(): boolean {
    return faults.every((fault) => this.sum(fault) === 0);
  }

  /** No login failed, and every message was sent and received as it should. */
  get isUnnoticed(): boolean {
    return this.failures.length === 0 && this.areMessagesRight && this.sum('unsent') === 0;
  }

  describeLogins(): string {
    const { failures, logins } = this;
    const retried = logins.filter(({ retries }) => retries > 0).length;
    const slowestMs = Math.max(0, ...logins.map(({ ms }) => ms));
    return `${logins.length} logins, ${failures.length} failed${list(failures)}, ${retried} retried, the slowest ${seconds(slowestMs)}`;
  }

  describeMessages(): string {
    return [
      `${this.sum('acknowledged')} messages, ${this.sum('lost')} lost, ${this.sum('duplicated')} duplicated,`,
      ` ${this.sum('reordered')} reordered, ${this.sum('wrongRoom')} in a wrong room,`,
      ` ${this.sum('gone')} reported as no longer stored, ${this.sum('unsent')} not sent${list(this.unsentReasons)}`,
    ].join('');
  }

  describeGaps(): string {
    const { gapsMs } = this;
    return [
      `media gap p95 ${Math.round(percentile(gapsMs, 0.95))} ms,`,
      ` the longest ${Math.round(Math.max(0, ...gapsMs))} ms of ${gapsMs.length}`,
    ].join('');
  }

  private sum(name: keyof Messages): number {
    return this.messages.reduce((sum, each) => sum + each[name], 0);
  }
}

/** `1.2 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** ` (1190203 3×, 1002033 1×)` */
function list(failures: readonly string[]): string {
  const kinds = [...new Set(failures)].map(
    (kind) => `${kind} ${failures.filter((failure) => failure === kind).length}×`,
  );
  return kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
}
