import { expect, test } from '@jest/globals';
import { socketLimits } from '@polyroom/contracts';
import { StrangerBudget } from './stranger-budget.js';

const perSecond = socketLimits.framesPerSecondOfStrangers;

test('strangers have their frames in small portions: what comes at once is never a second of them', () => {
  const budget = new StrangerBudget();
  const taken = (nowMs: number): number =>
    Array.from({ length: perSecond }, () => budget.take(nowMs)).filter((pauseMs) => pauseMs === 0).length;
  expect(taken(0)).toBeLessThanOrEqual(perSecond / 100);
  expect(taken(5)).toBe(0);
  expect(taken(10)).toBeGreaterThan(0);
  const second = Array.from({ length: 100 }, (_, turn) => taken(1000 + turn * 10));
  expect(second.reduce((sum, count) => sum + count, 0)).toBe(perSecond);
});

test('those that wait come back one by one, and nobody waits much longer than a second', () => {
  const budget = new StrangerBudget();
  for (let frame = 0; frame < perSecond; frame++) {
    budget.take(0);
  }
  const pauses = [0, 0.25, 0.5, 0.999].map((random) => budget.take(0, () => random));
  expect(new Set(pauses).size).toBe(4);
  expect(Math.min(...pauses)).toBeGreaterThan(0);
  expect(Math.max(...pauses)).toBeLessThan(1100);
});
