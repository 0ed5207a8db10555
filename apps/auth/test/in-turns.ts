import { setImmediate } from 'node:timers/promises';

/**
 * The results of attempts, each of which begins in an event-loop tick of its own. Requests of one tick are one message,
 * and so reach one instance only.
 */
export async function inTurns<T>(count: number, attempt: () => Promise<T>): Promise<T[]> {
  const begun: Promise<T>[] = [];
  for (let number = 0; number < count; number += 1) {
    begun.push(attempt());
    await setImmediate();
  }
  return Promise.all(begun);
}
