import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { retry, type RetryOptions } from './retry.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Work that fails with the given errors, one per attempt, and then succeeds. */
function start(errors: unknown[], options: Partial<RetryOptions> = {}) {
  const atMs: number[] = [];
  const failures: unknown[] = [];
  const startedAtMs = Date.now();
  const result = retry(
    () => {
      atMs.push(Date.now() - startedAtMs);
      return atMs.length > errors.length ? Promise.resolve('done') : Promise.reject(errors[atMs.length - 1]);
    },
    { firstDelayMs: 100, onFailure: (error, attempt) => void failures.push([error, attempt]), ...options },
  );
  result.catch(() => undefined);
  return { atMs, failures, result };
}

const down = new Error('down');

test('delays double up to the longest', async () => {
  const { atMs, result, failures } = start([down, down, down, down], { maxDelayMs: 400 });
  await jest.advanceTimersByTimeAsync(10_000);
  expect(await result).toBe('done');
  expect(atMs).toEqual([0, 100, 300, 700, 1100]);
  expect(failures).toEqual([1, 2, 3, 4].map((attempt) => [down, attempt]));
});

test('delays stay the same without a longest one', async () => {
  const { atMs } = start([down, down, down]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(atMs).toEqual([0, 100, 200, 300]);
});

test('rejects with the error of the last attempt, without a delay after it', async () => {
  const last = new Error('last');
  const { atMs, result, failures } = start([down, last, down], { attempts: 2 });
  await jest.advanceTimersByTimeAsync(100);
  await expect(result).rejects.toBe(last);
  expect(atMs).toHaveLength(2);
  expect(failures).toHaveLength(2);
});

test('an error that is not worth another attempt ends it at once and is not reported', async () => {
  const fatal = new Error('fatal');
  const { result, failures } = start([down, fatal], { shouldRetry: (error) => error !== fatal });
  await jest.advanceTimersByTimeAsync(100);
  await expect(result).rejects.toBe(fatal);
  expect(failures).toEqual([[down, 1]]);
});

test.each([
  ['a TypeError', new TypeError('not a function')],
  ['no error object', 'text'],
])('retries %s like every other failure', async (_name, error) => {
  const { result, failures } = start([error]);
  await jest.advanceTimersByTimeAsync(100);
  expect(await result).toBe('done');
  expect(failures).toEqual([[error, 1]]);
});

test('a signal that ends a running attempt is no failure of it', async () => {
  const controller = new AbortController();
  const failures: unknown[] = [];
  const running = Promise.withResolvers<string>();
  const result = retry(() => running.promise, {
    firstDelayMs: 1,
    signal: controller.signal,
    onFailure: (error) => void failures.push(error),
  });
  const reason = new Error('closed');
  controller.abort(reason);
  running.resolve('late');
  await expect(result).rejects.toBe(reason);
  expect(failures).toEqual([]);
});

test('a signal ends the delay and all further attempts', async () => {
  const controller = new AbortController();
  const { atMs, result } = start([down, down], { signal: controller.signal });
  await jest.advanceTimersByTimeAsync(50);
  const reason = new Error('closed');
  controller.abort(reason);
  await expect(result).rejects.toBe(reason);
  await jest.advanceTimersByTimeAsync(1000);
  expect(atMs).toHaveLength(1);
});
