import { expect, test } from '@jest/globals';
import { readFieldTime, termsFromNow, toFieldTime, withoutExpired } from './entitlement-terms.js';

const nowMs = Date.UTC(2026, 10, 26, 9, 30);

test('a value set at once keeps the note, the earlier start and the end of the stored one', () => {
  const terms = { fromMs: nowMs - 1, untilMs: nowMs + 1, note: 'Trial' };
  expect(termsFromNow({ value: 7, ...terms }, nowMs)).toEqual(terms);
  expect(termsFromNow({ value: 7, fromMs: nowMs + 1, note: 'Trial' }, nowMs)).toEqual({ note: 'Trial' });
  expect(termsFromNow({ value: 7, untilMs: nowMs, note: 'Trial' }, nowMs)).toEqual({});
  expect(termsFromNow(undefined, nowMs)).toEqual({});
});

test('a stored value that has expired counts as none', () => {
  const stored = { value: 7, untilMs: nowMs };
  expect(withoutExpired(stored, nowMs)).toBeUndefined();
  expect(withoutExpired(stored, nowMs - 1)).toBe(stored);
});

test('a field of a time that is not changed keeps its seconds', () => {
  const storedMs = nowMs + 12_345;
  expect(readFieldTime(toFieldTime(storedMs), storedMs)).toBe(storedMs);
  expect(readFieldTime(toFieldTime(nowMs + 60_000), storedMs)).toBe(nowMs + 60_000);
  expect(readFieldTime(undefined, storedMs)).toBeUndefined();
  expect(toFieldTime(undefined)).toBe('');
});
