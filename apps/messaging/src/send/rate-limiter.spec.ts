import { expect, test } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

test('a second holds its number of messages, and the next ones come back with time', () => {
  const limiter = new RateLimiter();
  const taken = [0, 0, 0, 400, 500, 500].map((nowMs) => limiter.take('a', 2, nowMs));
  expect(taken).toEqual([true, true, false, false, true, false]);
});

test('keys do not share a budget, 0 is no limit, and a rate below one lets through one at a time', () => {
  const limiter = new RateLimiter();
  expect(limiter.take('a', 1, 0)).toBe(true);
  expect(limiter.take('a', 1, 0)).toBe(false);
  expect(limiter.take('b', 1, 0)).toBe(true);
  expect(Array.from({ length: 100 }, () => limiter.take('c', 0, 0)).every(Boolean)).toBe(true);
  expect([0, 1000, 2000].map((nowMs) => limiter.take('d', 0.5, nowMs))).toEqual([true, false, true]);
});
