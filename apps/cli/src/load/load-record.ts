import { isPolyroomError } from '../connect/open-client.js';
import { toFailure } from '../output/describe-error.js';
import { type Failure } from '../output/failure.js';
import { type MessageTotals } from './message-ledger.js';
import { type Percentiles, percentiles } from './percentiles.js';

/** The report of a run. Durations are in ms, except for `seconds`. */
export interface LoadReport {
  interrupted: boolean;
  seconds: number;
  users: number;
  rooms: number;
  /** Open sockets at the end of the measurement: one per user. */
  sockets: number;
  memberships: number;
  logins: { first: Percentiles; further: Percentiles };
  messages: MessageTotals;
  publishers: number;
  reconnects: number;
  /** Rooms in which a user missed messages that are no longer stored. */
  historyGaps: number;
  errors: { code: number | null; name: string; count: number }[];
}

/** What happens during a run, of all users. */
export class LoadRecord {
  readonly firstLoginsMs: number[] = [];
  readonly furtherLoginsMs: number[] = [];
  reconnects = 0;
  historyGaps = 0;
  publishers = 0;
  firstFailure: Failure | undefined;
  private readonly errors = new Map<string, { code: number | null; name: string; count: number }>();

  noteError(error: unknown): void {
    const name = isPolyroomError(error) ? error.errorName : 'UNKNOWN';
    const found = this.errors.get(name) ?? {
      code: isPolyroomError(error) ? error.code : null,
      name,
      count: 0,
    };
    found.count += 1;
    this.errors.set(name, found);
    this.firstFailure ??= toFailure(error ?? new Error('a user was removed without a reason'));
  }

  get errorCount(): number {
    return this.listErrors().reduce((sum, { count }) => sum + count, 0);
  }

  logins(): LoadReport['logins'] {
    return { first: percentiles(this.firstLoginsMs), further: percentiles(this.furtherLoginsMs) };
  }

  /** The most frequent ones first. */
  listErrors(): LoadReport['errors'] {
    return [...this.errors.values()].sort((one, other) => other.count - one.count);
  }
}

/** Why a run failed; empty if it passed. */
export function problemsOf({ errors, messages, sockets, users, interrupted }: LoadReport): string[] {
  const count = errors.reduce((sum, each) => sum + each.count, 0);
  return [
    ...(count === 0 ? [] : [`${count} errors`]),
    ...(messages.lost === 0 ? [] : [`${messages.lost} messages lost`]),
    ...(messages.duplicated === 0 ? [] : [`${messages.duplicated} messages duplicated`]),
    ...(sockets === users || interrupted ? [] : [`${sockets} sockets for ${users} users`]),
  ];
}
