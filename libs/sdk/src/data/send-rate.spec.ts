import { describe, expect, it } from '@jest/globals';
import { SendRate } from './send-rate.js';

function countTaken(rate: SendRate, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => rate.take(nowMs)).filter(Boolean).length;
}

describe('SendRate', () => {
  it('lets one second’s worth go at once, then as much as time has brought', () => {
    const rate = new SendRate(100, 0);
    expect(countTaken(rate, 150, 0)).toBe(100);
    expect(countTaken(rate, 150, 500)).toBe(50);
    expect(countTaken(rate, 150, 60_000)).toBe(100);
  });

  it('stays below what the servers allow, however long it is tried', () => {
    const rate = new SendRate(50, 0);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 5) {
      taken += countTaken(rate, 3, nowMs);
    }
    expect(taken).toBeGreaterThanOrEqual(50 + 10 * 50 - 1);
    expect(taken).toBeLessThanOrEqual(50 + 10 * 50);
  });
});
