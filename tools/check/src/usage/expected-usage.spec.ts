import { expect, test } from '@jest/globals';
import { differenceOf, ExpectedUsage, noFigures, sumOf } from './expected-usage.js';

test('sums by room and by user, and both have the same total', () => {
  const expected = new ExpectedUsage();
  expected.add('ada', 'maths', { memberMinutes: 2, messages: 1 });
  expected.add('ada', undefined, { sessionMinutes: 2 });
  expected.add('bob', 'maths', { memberMinutes: 3 });
  expect(expected.byRoom.get('maths')).toMatchObject({ memberMinutes: 5, messages: 1 });
  expect(expected.byUser.get('ada')).toMatchObject({ memberMinutes: 2, sessionMinutes: 2 });
  expect(sumOf([...expected.byRoom.values()])).toEqual(expected.total);
});

test('the largest difference is a share of what is expected, also if nothing is expected', () => {
  const expected = { ...noFigures, messages: 200, memberMinutes: 10 };
  expect(differenceOf(expected, { ...expected, messages: 198 })).toEqual({ name: 'messages', share: 0.01 });
  expect(differenceOf(expected, { ...expected, sentBytes: 1 }).share).toBe(Infinity);
  expect(differenceOf(expected, { ...expected }).share).toBe(0);
});
