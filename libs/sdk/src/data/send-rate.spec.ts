import { describe, expect, it } from '@jest/globals';
import { SendRate } from './send-rate.js';

function countTaken(rate: SendRate, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => rate.take(nowMs)).filter(Boolean).length;
}

describe('SendRate', () => {
  it('allows a burst of one second, then the configured rate', () => {
    const rate = new SendRate(100, 0);
    expect(countTaken(rate, 150, 0)).toBe(100);
    expect(countTaken(rate, 150, 500)).toBe(50);
    expect(countTaken(rate, 150, 60_000)).toBe(100);
  });

  it('stays below the servers’ limit over any period', () => {
    const rate = new SendRate(50, 0);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 5) {
      taken += countTaken(rate, 3, nowMs);
    }
    expect(taken).toBeGreaterThanOrEqual(50 + 10 * 50 - 1);
    expect(taken).toBeLessThanOrEqual(50 + 10 * 50);
  });
});
