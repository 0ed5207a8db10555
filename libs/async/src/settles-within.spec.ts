import { expect, test } from '@jest/globals';
import { settlesWithin } from './settles-within.js';

test('tells work that settles in time, in either way, from work that does not', async () => {
  expect(await settlesWithin(Promise.resolve(), 60_000)).toBe(true);
  expect(await settlesWithin(Promise.reject(new Error('failed')), 60_000)).toBe(true);
  expect(await settlesWithin(new Promise(() => undefined), 1)).toBe(false);
});
