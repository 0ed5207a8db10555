import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { MemberCount } from './member-count.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('the first change is told at once, what follows together, and nothing where it is the same', () => {
  const told: number[] = [];
  const count = new MemberCount((value) => told.push(value), 1000);
  count.set(1);
  for (let value = 2; value <= 50; value++) {
    count.set(value);
  }
  expect(told).toEqual([1]);
  jest.advanceTimersByTime(1000);
  expect(told).toEqual([1, 50]);
  count.set(51);
  count.set(50);
  jest.advanceTimersByTime(5000);
  expect(told).toEqual([1, 50]);
  count.set(49);
  expect(told).toEqual([1, 50, 49]);
  count.close();
  count.close();
  expect(jest.getTimerCount()).toBe(0);
});
