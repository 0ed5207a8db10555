import { expect, test } from '@jest/globals';
import { socketLimits } from '@polyroom/contracts';
import { FrameBudget } from './frame-budget.js';

test('a client that exceeds its frames per second is not read until the second has passed', () => {
  const budget = new FrameBudget();
  const take = (count: number, hasSession: boolean, nowMs: number): number =>
    Math.max(...Array.from({ length: count }, () => budget.take(hasSession, nowMs)));
  expect(take(socketLimits.framesPerSecond - 1, true, 10_000)).toBe(0);
  expect(budget.take(true, 10_400)).toBe(600);
  expect(take(socketLimits.framesPerSecondWithoutSession - 1, false, 11_000)).toBe(0);
  expect(budget.take(false, 11_999)).toBe(1);
});

test('a client that is refused too often is read more slowly, long before its frames exceed the limit', () => {
  const budget = new FrameBudget();
  const ask = (nowMs: number): number => Math.max(budget.take(true, nowMs), budget.takeRefusal(nowMs));
  const most = socketLimits.framesPerSecond / socketLimits.framesPerRefusal;
  const pauses = Array.from({ length: most }, () => ask(10_000));
  expect(pauses.findIndex((pauseMs) => pauseMs > 0)).toBe(most - 1);
  expect(pauses.at(-1)).toBe(1000);
  expect(ask(11_000)).toBe(0);
});

test('a second of malformed frames is enough', () => {
  const budget = new FrameBudget();
  budget.take(false, 10_000);
  const refused = Array.from({ length: socketLimits.malformedFramesPerSecond + 1 }, () =>
    budget.takeMalformed(true),
  );
  expect(refused.indexOf(true)).toBe(socketLimits.malformedFramesPerSecond);
});
