import { expect, test } from '@jest/globals';
import { scaleExpression, scaleRules } from './scaled-rules.js';

test('divides windows and waits by sixty, and keeps windows long enough for a rate', () => {
  expect(scaleExpression('sum(rate(a_total{x="1"}[20m])) / sum_over_time(b[1h])')).toBe(
    'sum(rate(a_total{x="1"}[20s])) / sum_over_time(b[60s])',
  );
  expect(scaleExpression('rate(a_seconds_total[2m]) > 0.85')).toBe('rate(a_seconds_total[15s]) > 0.85');
});

test('divides a wait that a metric shows, but neither latencies nor counts', () => {
  expect(scaleExpression('max(a_longest_failure_seconds) > 900')).toBe('max(a_longest_failure_seconds) > 15');
  for (const kept of [
    'a_lag_p99_seconds{job="polyroom"} > 0.25',
    'a_total > 100',
    'b - time() < 14 * 86400',
  ]) {
    expect(scaleExpression(kept)).toBe(kept);
  }
});

test('divides the time for which an expression must hold', () => {
  const rules = [
    { alert: 'A', expr: 'up == 0', for: '1m' },
    { alert: 'B', expr: 'up == 0' },
  ];
  expect(scaleRules({ groups: [{ name: 'g', rules }] }).groups[0]!.rules).toEqual([
    { alert: 'A', expr: 'up == 0', for: '1s' },
    { alert: 'B', expr: 'up == 0' },
  ]);
  const wrong = { groups: [{ name: 'g', rules: [{ alert: 'A', expr: 'up', for: '1h30m' }] }] };
  expect(() => scaleRules(wrong)).toThrow('1h30m');
});
