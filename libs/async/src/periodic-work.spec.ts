import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { PeriodicWork } from './periodic-work.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function setUp(options: { jitter?: number } = {}) {
  const runs: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const interval = { ms: 100 };
  const work = new PeriodicWork({
    intervalMs: () => interval.ms,
    ...options,
    run: () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    },
    onError: (error) => void errors.push(error),
  });
  return { work, runs, errors, interval };
}

test('runs once per interval, counted from the end of the run before', async () => {
  const { work, runs } = setUp();
  work.start();
  work.start();
  await jest.advanceTimersByTimeAsync(99);
  expect(runs).toHaveLength(0);
  await jest.advanceTimersByTimeAsync(1);
  expect(runs).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1000);
  expect(runs).toHaveLength(1);
  runs[0]!.resolve();
  await jest.advanceTimersByTimeAsync(100);
  expect(runs).toHaveLength(2);
});

test('starts at once on request, and reads the interval again for each run', async () => {
  const { work, runs, interval } = setUp();
  work.startNow();
  expect(runs).toHaveLength(1);
  interval.ms = 10;
  runs[0]!.resolve();
  await jest.advanceTimersByTimeAsync(10);
  expect(runs).toHaveLength(2);
});

test('a failed run is reported and the next one follows', async () => {
  const { work, runs, errors } = setUp();
  work.startNow();
  runs[0]!.reject(new Error('broken'));
  await jest.advanceTimersByTimeAsync(100);
  expect(errors).toEqual([new Error('broken')]);
  expect(runs).toHaveLength(2);
});

test('jitter lengthens an interval by at most its share', async () => {
  const { work, runs } = setUp({ jitter: 0.5 });
  work.start();
  await jest.advanceTimersByTimeAsync(99);
  expect(runs).toHaveLength(0);
  await jest.advanceTimersByTimeAsync(51);
  expect(runs).toHaveLength(1);
});

test('close waits for the current run, and no other one follows', async () => {
  const { work, runs } = setUp();
  work.startNow();
  let isClosed = false;
  const closing = Promise.all([work.close(), work.close()]).then(() => (isClosed = true));
  await jest.advanceTimersByTimeAsync(1000);
  expect(isClosed).toBe(false);
  runs[0]!.resolve();
  await closing;
  work.start();
  work.startNow();
  await jest.advanceTimersByTimeAsync(1000);
  expect(runs).toHaveLength(1);
});
