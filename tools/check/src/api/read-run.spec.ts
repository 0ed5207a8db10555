import { expect, test } from '@jest/globals';
import { readRun } from './read-run.js';

const report = {
  seed: 7,
  complete: true,
  exit_code: 0,
  operations: { selected: 3, tested: 3, errored: 0, skipped: 0 },
  test_cases: { generated: 60 },
  failures: [] as unknown[],
  errors: [] as unknown[],
};

test('a run passes if it is complete, asked every operation and found nothing', () => {
  expect(readRun(report)).toMatchObject({ passed: true, operations: 3, requests: 60, seed: 7 });
});

test.each([
  ['an operation that was not asked', { operations: { ...report.operations, tested: 2 } }],
  ['no operation at all', { operations: null }],
  ['an early end', { complete: false }],
  ['a failure', { failures: [{ title: 'Server error', count: 2, operations: ['GET /v1/apps'] }] }],
  ['an error of the tool', { errors: [{ title: 'Schema Loading Error', count: 1 }] }],
])('a run fails with %s', (_name, change) => {
  expect(readRun({ ...report, ...change }).passed).toBe(false);
});
