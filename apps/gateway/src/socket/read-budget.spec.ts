import { expect, test } from '@jest/globals';
import { readCosts, socketLimits } from '@polyroom/contracts';
import { ReadBudget } from './read-budget.js';

const { readBurst, readsPerSecond, maxReadWaitMs } = socketLimits;
const startMs = 1_000_000;

test('counts reads by their cost: a burst at once, then at the rate, then refused', () => {
  const budget = new ReadBudget();
  const cost = readCosts['room.getSnapshot']!;
  for (let read = 0; read < readBurst / cost; read++) {
    expect(budget.take('room.getSnapshot', startMs)).toBe(0);
  }
  const costMs = (cost / readsPerSecond) * 1000;
  for (let read = 1; read * costMs <= maxReadWaitMs; read++) {
    expect(budget.take('room.getSnapshot', startMs)).toBeCloseTo(read * costMs);
  }
  expect(budget.take('room.getSnapshot', startMs)).toBeUndefined();
  // A refused read costs nothing.
  expect(budget.take('room.getSnapshot', startMs + maxReadWaitMs + costMs)).toBeLessThanOrEqual(costMs);
});

test('a read of the history costs less than one of a room, and other methods cost nothing', () => {
  expect(readCosts['message.history']!).toBeLessThan(readCosts['room.getSnapshot']!);
  const budget = new ReadBudget();
  for (let request = 0; request < 2 * readBurst; request++) {
    expect(budget.take('message.broadcast', startMs)).toBe(0);
  }
  expect(budget.take('room.listMembers', startMs)).toBe(0);
});
