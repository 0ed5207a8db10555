import { expect, test } from '@jest/globals';
import { parseDuration, parseInteger, parseTime, parseUrl } from './parse-values.js';

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
])('reads the duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([['5'], ['-5s'], ['0s'], ['5 s'], ['s'], ['1h30m'], ['1w']])('refuses the duration %s', (text) => {
  expect(() => parseDuration(text)).toThrow('expected a duration such as 90s');
});

test('reads times, absolute and from now', () => {
  expect(parseTime('2027-01-31T08:00:00Z')).toBe(Date.UTC(2027, 0, 31, 8));
  expect(Math.abs(parseTime('+7d') - Date.now() - 7 * 86_400_000)).toBeLessThan(5000);
  for (const text of ['7', 'tomorrow', '2027-13-01', '+7']) {
    expect(() => parseTime(text)).toThrow('expected');
  }
});

test('reads whole numbers within bounds', () => {
  expect(parseInteger(0, 10)('10')).toBe(10);
  for (const text of ['11', '-1', '1.5', '', '0x1', 'ten']) {
    expect(() => parseInteger(0, 10)(text)).toThrow('expected a whole number from 0 to 10');
  }
});

test('keeps the path of an address, without a slash at its end', () => {
  expect(parseUrl('https://example.com/gateway/')).toBe('https://example.com/gateway');
});
