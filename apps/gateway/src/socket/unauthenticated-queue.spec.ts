import { setImmediate as nextTick } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { UnauthenticatedQueue } from './unauthenticated-queue.js';

test('a packet full of frames is handled over many ticks, in order, and later frames wait behind it', async () => {
  const queue = new UnauthenticatedQueue();
  const done: number[] = [];
  const add = (number: number): void => queue.run(() => void done.push(number));
  for (let number = 0; number < 200; number++) {
    add(number);
  }
  const counts = [done.length];
  for (let number = 200; done.length < 300; number++) {
    if (number < 300) {
      add(number);
    }
    await nextTick();
    counts.push(done.length);
  }
  expect(done).toEqual(Array.from({ length: 300 }, (_, number) => number));
  const steps = counts.map((count, index) => count - (counts[index - 1] ?? 0));
  expect(Math.max(...steps)).toBeLessThanOrEqual(17);
});

test('a single frame is never delayed', async () => {
  const queue = new UnauthenticatedQueue();
  for (let round = 0; round < 5; round++) {
    let isDone = false;
    queue.run(() => (isDone = true));
    expect(isDone).toBe(true);
    await nextTick();
  }
});
