import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOutcomes, runAll } from './all.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'check-all-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('runs every check and reports the one that fails', async () => {
  const mainPath = join(directory, 'main.mjs');
  await writeFile(mainPath, "process.exit(process.argv[2] === 'broken' ? 1 : 0);\n");
  const outcomes = await runAll(mainPath, ['first', 'broken', 'last']);
  expect(outcomes.map(({ name, passed }) => [name, passed])).toEqual([
    ['first', true],
    ['broken', false],
    ['last', true],
  ]);
  expect(describeOutcomes(outcomes)).toMatch(/^passed {2}check:first .*\nFAILED {2}check:broken/);
});
