import { expect, test } from '@jest/globals';
import { parseScaleOptions, stepsTo } from './scale-options.js';

test('measures a million users in two rooms each by default', () => {
  expect(parseScaleOptions([])).toEqual({ users: 1_000_000, roomsPerUser: 2 });
  expect(parseScaleOptions(['--users', '20000', '--rooms-per-user', '5'])).toEqual({
    users: 20_000,
    roomsPerUser: 5,
  });
});

test.each([
  [['--users', '999'], /--users must be a whole number from 1000 to 1000000/],
  [['--users', '1500'], /--users must be a multiple of 1000/],
  [['--users', 'many'], /--users/],
  [['--rooms-per-user', '1'], /--rooms-per-user must be a whole number from 2 to 10/],
  [['--user', '1000'], /--user/],
])('%j is refused with the name of the option', (args, message) => {
  expect(() => parseScaleOptions(args)).toThrow(message);
});

test('measures at powers of ten and at the largest crowd', () => {
  expect(stepsTo(1000)).toEqual([1000]);
  expect(stepsTo(20_000)).toEqual([1000, 10_000, 20_000]);
  expect(stepsTo(1_000_000)).toEqual([1000, 10_000, 100_000, 1_000_000]);
});
