import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readText, rootDir } from './repository.js';

const run = promisify(execFile);
const program = join(rootDir, 'node_modules/textlint/bin/textlint.js');
const config = join(rootDir, '.textlintrc.yml');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polyroom-vocabulary-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The replaced terms in these files, each with its file and line. */
async function violations(files: Record<string, string>): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const args = [program, '--config', config, '--format', 'json', '.'];
  const { stdout } = await run(process.execPath, args, { cwd: folder }).catch(
    (failure: { stdout: string }) => failure,
  );
  const report = JSON.parse(stdout) as {
    filePath: string;
    messages: { line: number; message: string }[];
  }[];
  return report
    .flatMap(({ filePath, messages }) =>
      messages.map(({ line, message }) => `${relative(folder, filePath)}:${line}: ${message}`),
    )
    .sort();
}

test('refuses a replaced term in a comment of any kind of file', async () => {
  expect(
    await violations({
      'libs/bus/src/bus.ts': `/** Whoever asks waits. */\nexport const bus = 1;\n`,
      'libs/room-store/lua/enter.lua': `-- The lease is over.\nreturn 1\n`,
      'deploy/nats.yaml': `# A login under way.\na: 1\n`,
    }),
  ).toEqual([
    'deploy/nats.yaml:1: Incorrect term: “under way”, use “in progress” instead',
    'libs/bus/src/bus.ts:1: Incorrect term: “Whoever”, use “the client that” instead',
    'libs/room-store/lua/enter.lua:1: Incorrect term: “is over”, use “has ended” instead',
  ]);
});

test('refuses a replaced term in a document', async () => {
  expect(await violations({ 'docs/media.md': `# Media\n\nA node lets go of\nits sessions.\n` })).toEqual([
    'docs/media.md:3: Incorrect term: “lets go of”, use “release” instead',
  ]);
});

test('refuses a replaced term in a test name, a text and an identifier', async () => {
  expect(
    await violations({
      'apps/room/src/rooms.spec.ts': `test('nobody enters a full room', () => {});\n`,
      'apps/room/src/rooms.ts': `export const strangerBudget = 1;\nthrow new Error('the user was put out');\n`,
    }),
  ).toEqual([
    'apps/room/src/rooms.spec.ts:1: Incorrect term: “nobody”, use “no client” instead',
    'apps/room/src/rooms.ts:1: Incorrect term: “stranger”, use “unauthenticated connection” instead',
    'apps/room/src/rooms.ts:2: Incorrect term: “put out”, use “evicted” instead',
  ]);
});

test('accepts the same words in a right use', async () => {
  expect(
    await violations({
      'libs/testing/src/postgres.ts': `const user = findUser('nobody');\n`,
      'docs/media.md': `A load that is over 100 ms. \`startSoundLevelMonitor\` reports the sound level.\n`,
    }),
  ).toEqual([]);
});

test('npm run lint includes the check, and its cache depends on every file of the repository', () => {
  expect(readText('tools/setup/run.sh')).toMatch(/nx run-many -t style .*\bvocabulary\b/);
  const { nx } = JSON.parse(readText('package.json')) as {
    nx: { targets: Record<string, { command: string; inputs: string[] }> };
  };
  expect(nx.targets['vocabulary']).toMatchObject({
    command: expect.stringContaining('textlint .'),
    inputs: expect.arrayContaining(['repository']),
  });
});
