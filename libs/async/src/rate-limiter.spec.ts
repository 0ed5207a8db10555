import { expect, test } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

test('lets one second of messages through and refills with time', () => {
  const limiter = new RateLimiter();
  const taken = [0, 0, 0, 400, 500, 500].map((nowMs) => limiter.take('a', 2, nowMs));
  expect(taken).toEqual([true, true, false, false, true, false]);
});

test('lets several through at once if one is left, and then none until the rate has made up for them', () => {
  const limiter = new RateLimiter();
  const take = (nowMs: number, count: number) => limiter.take('a', 2, nowMs, count);
  expect([take(0, 1), take(0, 5), take(0, 1)]).toEqual([true, true, false]);
  // Four tokens are owed, and one is needed.
  expect([take(2400, 1), take(2600, 1), take(2600, 1)]).toEqual([false, true, false]);
});

test('keeps keys apart, treats 0 as no limit, and supports rates below one per second', () => {
  const limiter = new RateLimiter();
  expect(limiter.take('a', 1, 0)).toBe(true);
  expect(limiter.take('a', 1, 0)).toBe(false);
  expect(limiter.take('b', 1, 0)).toBe(true);
  expect(Array.from({ length: 100 }, () => limiter.take('c', 0, 0)).every(Boolean)).toBe(true);
  expect([0, 1000, 2000].map((nowMs) => limiter.take('d', 0.5, nowMs))).toEqual([true, false, true]);
});

test('keeps no bucket of keys that have been silent', () => {
  const limiter = new RateLimiter();
  for (let index = 0; index < 9_000; index++) {
    limiter.take(`user ${index}`, 1, 0);
  }
  for (let index = 0; index < 2_000; index++) {
    limiter.take('busy', 1, 2000);
  }
  expect(limiter.size).toBe(1);
});
