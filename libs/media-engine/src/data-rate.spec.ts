import { describe, expect, it } from '@jest/globals';
import { DataRate } from './data-rate.js';

describe('DataRate', () => {
  it('allows messages at the rate for any length of time', () => {
    const rate = new DataRate(100, 0);
    for (let second = 1; second <= 60; second += 1) {
      expect(rate.isExceededBy(second * 100, second * 1000)).toBe(false);
    }
  });

  it('allows a burst of three seconds and no more', () => {
    expect(new DataRate(100, 0).isExceededBy(300, 0)).toBe(false);
    expect(new DataRate(100, 0).isExceededBy(301, 0)).toBe(true);
  });

  it('does not accumulate credit during a long silence', () => {
    const rate = new DataRate(100, 0);
    expect(rate.isExceededBy(0, 3_600_000)).toBe(false);
    expect(rate.isExceededBy(301, 3_600_000)).toBe(true);
  });

  it('detects a slightly excessive rate eventually', () => {
    const rate = new DataRate(100, 0);
    const seconds = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(seconds.some((second) => rate.isExceededBy(second * 120, second * 1000))).toBe(true);
  });
});
