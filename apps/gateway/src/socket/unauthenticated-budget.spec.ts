import { expect, test } from '@jest/globals';
import { socketLimits } from '@polyroom/contracts';
import { UnauthenticatedBudget } from './unauthenticated-budget.js';

const perSecond = socketLimits.framesPerSecondOfUnauthenticated;

test('grants the frames in small portions: a burst never uses up the whole second', () => {
  const budget = new UnauthenticatedBudget();
  const taken = (nowMs: number): number =>
    Array.from({ length: perSecond }, () => budget.take(nowMs)).filter((pauseMs) => pauseMs === 0).length;
  expect(taken(0)).toBeLessThanOrEqual(perSecond / 100);
  expect(taken(5)).toBe(0);
  expect(taken(10)).toBeGreaterThan(0);
  const second = Array.from({ length: 100 }, (_, turn) => taken(1000 + turn * 10));
  expect(second.reduce((sum, count) => sum + count, 0)).toBe(perSecond);
});

test('paused sockets resume one by one, none after much more than a second', () => {
  const budget = new UnauthenticatedBudget();
  for (let frame = 0; frame < perSecond; frame++) {
    budget.take(0);
  }
  const pauses = [0, 0.25, 0.5, 0.999].map((random) => budget.take(0, () => random));
  expect(new Set(pauses).size).toBe(4);
  expect(Math.min(...pauses)).toBeGreaterThan(0);
  expect(Math.max(...pauses)).toBeLessThan(1100);
});
