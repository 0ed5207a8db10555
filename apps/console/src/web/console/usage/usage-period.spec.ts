import { expect, test } from '@jest/globals';
import { fillSteps, rangeOf } from './usage-period.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 26, 9, 30);

test('covers whole hours of a day and whole days of a week or month, the current one included', () => {
  expect(rangeOf('day', nowMs)).toEqual({
    fromMs: Date.UTC(2026, 10, 25, 10),
    toMs: Date.UTC(2026, 10, 26, 10),
    stepMs: hourMs,
  });
  expect(rangeOf('week', nowMs)).toEqual({
    fromMs: Date.UTC(2026, 10, 20),
    toMs: Date.UTC(2026, 10, 27),
    stepMs: dayMs,
  });
  expect(rangeOf('month', nowMs).fromMs).toBe(Date.UTC(2026, 9, 28));
});

test('gives hours without usage an entry of zeros', () => {
  const range = { fromMs: nowMs, toMs: nowMs + 3 * hourMs, stepMs: hourMs };
  expect(fillSteps([{ fromMs: nowMs + hourMs, messages: 4 }], range, { fromMs: 0, messages: 0 })).toEqual([
    { fromMs: nowMs, messages: 0 },
    { fromMs: nowMs + hourMs, messages: 4 },
    { fromMs: nowMs + 2 * hourMs, messages: 0 },
  ]);
});
