import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { MemberCount } from './member-count.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('reports the first change at once, batches later ones, and skips an unchanged count', () => {
  const reported: number[] = [];
  const count = new MemberCount((value) => reported.push(value), 1000);
  count.set(1);
  for (let value = 2; value <= 50; value++) {
    count.set(value);
  }
  expect(reported).toEqual([1]);
  jest.advanceTimersByTime(1000);
  expect(reported).toEqual([1, 50]);
  count.set(51);
  count.set(50);
  jest.advanceTimersByTime(5000);
  expect(reported).toEqual([1, 50]);
  count.set(49);
  expect(reported).toEqual([1, 50, 49]);
  count.close();
  count.close();
  expect(jest.getTimerCount()).toBe(0);
});
