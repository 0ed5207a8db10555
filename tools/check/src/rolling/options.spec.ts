import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readOptions, services } from './options.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'check-rolling-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('restarts every service by default, or the named ones', async () => {
  expect(await readOptions([])).toMatchObject({ services, rounds: 2, previousDir: undefined });
  expect(await readOptions(['--services', 'media,room'])).toMatchObject({ services: ['media', 'room'] });
});

test('names the argument that is wrong', async () => {
  await expect(readOptions(['--services', 'media,chat'])).rejects.toThrow('--services: no service "chat"');
  await expect(readOptions(['--rounds', '0'])).rejects.toThrow('--rounds: expected a whole number');
});

test('takes a checkout of another version only if every app is built', async () => {
  for (const service of services.slice(1)) {
    const entry = join(directory, 'apps', service, 'dist', 'main.js');
    await mkdir(dirname(entry), { recursive: true });
    await writeFile(entry, '');
  }
  const args = ['--previous', directory];
  await expect(readOptions(args)).rejects.toThrow(
    `--previous: no built app at ${directory}/apps/${services[0]}`,
  );
  const entry = join(directory, 'apps', services[0]!, 'dist', 'main.js');
  await mkdir(dirname(entry), { recursive: true });
  await writeFile(entry, '');
  expect(await readOptions(args)).toMatchObject({ previousDir: directory });
});
