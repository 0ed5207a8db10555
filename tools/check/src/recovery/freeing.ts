import { setTimeout as sleep } from 'node:timers/promises';
import { type CheckedUser } from '../invariants/history.js';
import { graceMs, leaseMs, type RecoveryWorld } from './recovery-world.js';

const pollMs = 50;

export interface Freed {
  /** Per user, ms from the kill until none of its keys was left, without its grace. */
  afterMs: number[];
  /** Users with keys left after three leases. */
  leaked: string[];
}

/** Waits until no key of the users is left. */
export async function watchFreeing(
  world: RecoveryWorld,
  users: readonly CheckedUser[],
  sinceMs: number,
): Promise<Freed> {
  const afterMs: number[] = [];
  let remaining: readonly CheckedUser[] = users;
  while (remaining.length > 0 && performance.now() - sinceMs < 3 * leaseMs + graceMs) {
    const lookedAtMs = performance.now();
    const left = await world.usersWithKeys(remaining);
    for (let count = left.size; count < remaining.length; count++) {
      afterMs.push(Math.max(0, lookedAtMs - sinceMs - graceMs));
    }
    remaining = remaining.filter((user) => left.has(user));
    await sleep(pollMs);
  }
  return { afterMs, leaked: remaining.map(({ userId }) => userId) };
}
