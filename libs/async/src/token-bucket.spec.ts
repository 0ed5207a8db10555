import { describe, expect, test } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

function countTaken(bucket: TokenBucket, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => bucket.take(nowMs)).filter(Boolean).length;
}

describe('take', () => {
  test('allows a burst of the capacity, then the rate', () => {
    const bucket = new TokenBucket(100, 100, 0);
    expect(countTaken(bucket, 150, 0)).toBe(100);
    expect(countTaken(bucket, 150, 500)).toBe(50);
    expect(countTaken(bucket, 150, 60_000)).toBe(100);
  });

  test('keeps to the rate over any period', () => {
    const bucket = new TokenBucket(50, 50, 0);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 5) {
      taken += countTaken(bucket, 3, nowMs);
    }
    expect(taken).toBeGreaterThanOrEqual(50 + 10 * 50 - 1);
    expect(taken).toBeLessThanOrEqual(50 + 10 * 50);
  });

  test('uses a new rate for the time since the last refill', () => {
    const bucket = new TokenBucket(1, 1, 0);
    expect(countTaken(bucket, 5, 0)).toBe(1);
    bucket.setRate(4, 4);
    expect(countTaken(bucket, 5, 500)).toBe(2);
    expect(bucket.isFull(1000)).toBe(false);
    expect(bucket.isFull(1500)).toBe(true);
  });
});

describe('spend', () => {
  /** Three seconds of burst, and a total that is read from time to time. */
  function setUp() {
    const bucket = new TokenBucket(100, 300, 0);
    let before = 0;
    return (total: number, nowMs: number): boolean => {
      const isAllowed = bucket.spend(total - before, nowMs);
      before = total;
      return isAllowed;
    };
  }

  test('allows the rate for any length of time', () => {
    const spend = setUp();
    for (let second = 1; second <= 60; second += 1) {
      expect(spend(second * 100, second * 1000)).toBe(true);
    }
  });

  test('allows the capacity at once and no more', () => {
    expect(setUp()(300, 0)).toBe(true);
    expect(setUp()(301, 0)).toBe(false);
  });

  test('does not accumulate tokens during a long silence', () => {
    const spend = setUp();
    expect(spend(0, 3_600_000)).toBe(true);
    expect(spend(301, 3_600_000)).toBe(false);
  });

  test('detects a slightly excessive rate eventually', () => {
    const spend = setUp();
    const seconds = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(seconds.every((second) => spend(second * 120, second * 1000))).toBe(false);
  });
});
