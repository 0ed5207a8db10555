import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeRows, findGaps, isSeen, sectionOf } from './coverage.js';
import { excused, faults } from './faults.js';
import { alertsOf, readRules } from './scaled-rules.js';

const rootDir = join(import.meta.dirname, '..', '..', '..', '..');

test('provokes every alert of the rules, or says why not', async () => {
  const alerts = alertsOf(await readRules(rootDir)).map(({ alert }) => alert!);
  expect(findGaps(alerts, faults, excused)).toEqual([]);
});

test('follows remedies that the runbooks name', async () => {
  const runbooks = await readFile(join(rootDir, 'docs', 'runbooks.md'), 'utf8');
  for (const [alert, remedy] of faults.flatMap(({ remedies }) => Object.entries(remedies))) {
    expect(sectionOf(runbooks, alert)).toContain(remedy);
  }
});

test('finds an alert that nothing provokes, and one that is not in the rules', () => {
  const fault = { remedies: { A: 'restart', Gone: 'restart' } };
  expect(findGaps(['A', 'B', 'C'], [fault], { C: 'needs two machines', A: 'too' })).toEqual([
    'B is not provoked',
    'Gone is not in the rules',
    'A is provoked and excused',
  ]);
});

test('shows when each alert fired and was resolved', () => {
  const row = { alert: 'A', fault: 'Redis stopped', remedy: 'restore Redis' };
  const seen = { ...row, firedAfterSeconds: 3.2, resolvedAfterSeconds: 10.7 };
  const stuck = { ...row, firedAfterSeconds: 3.2, resolvedAfterSeconds: undefined };
  expect([seen, stuck].map(isSeen)).toEqual([true, false]);
  expect(describeRows([seen, stuck]).split('\n').slice(1, 3)).toEqual([
    'A      3 s          11 s            Redis stopped  restore Redis',
    'A      3 s          never           Redis stopped  restore Redis',
  ]);
});
