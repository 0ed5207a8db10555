import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makePrivateDir } from './private-files.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-private-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const modeOf = async (path: string): Promise<string> =>
  ((await stat(join(dir, path))).mode & 0o777).toString(8);

test('creates a directory and its parents for this user only', async () => {
  expect(await makePrivateDir(join(dir, 'new', 'below'))).toBe(true);
  expect([await modeOf('new'), await modeOf('new/below')]).toEqual(['700', '700']);
});

test('removes the rights of group and other users from an existing directory and its content', async () => {
  await mkdir(join(dir, 'old', 'below'), { recursive: true });
  await writeFile(join(dir, 'old', 'below', 'file'), '');
  await writeFile(join(dir, 'elsewhere'), '');
  await symlink(join(dir, 'elsewhere'), join(dir, 'old', 'link'));
  const modes = { old: 0o777, 'old/below': 0o755, 'old/below/file': 0o666, elsewhere: 0o644 };
  for (const [path, mode] of Object.entries(modes)) {
    await chmod(join(dir, path), mode);
  }
  expect(await makePrivateDir(join(dir, 'old'))).toBe(true);
  const found = await Promise.all(Object.keys(modes).map(modeOf));
  // The target of a symbolic link is left unchanged.
  expect(found).toEqual(['700', '700', '600', '644']);
});
