import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProfileStore } from './profile-store.js';

let homeDir: string;
let store: ProfileStore;
beforeEach(async () => {
  homeDir = await mkdtemp(join(tmpdir(), 'polyroom-profiles-'));
  store = ProfileStore.of({ env: {}, homeDir });
});
afterEach(() => rm(homeDir, { recursive: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const profile = { url: 'https://gateway.example.com', apiKey: 'key' };

test('keeps profiles in a private file of a private folder, whatever the umask', async () => {
  const former = process.umask(0);
  try {
    await store.set('default', profile);
    expect([await modeOf(store.folder), await modeOf(store.file)]).toEqual(['700', '600']);
    expect(store.file).toBe(join(homeDir, '.config', 'polyroom', 'profiles.json'));
    await chmod(store.folder, 0o755);
    await store.set('eu', { ...profile, appId: 7 });
    expect([await modeOf(store.folder), await modeOf(store.file)]).toEqual(['700', '600']);
    expect(await readdir(store.folder)).toEqual(['profiles.json']);
  } finally {
    process.umask(former);
  }
});

test('refuses a file that other users can read', async () => {
  await store.set('default', profile);
  await chmod(store.file, 0o640);
  await expect(store.read()).rejects.toMatchObject({
    message: `other users can read ${store.file}, which contains secrets`,
    exitCode: 2,
  });
});

test('follows XDG_CONFIG_HOME', () => {
  expect(ProfileStore.of({ env: { XDG_CONFIG_HOME: '/etc/xdg' }, homeDir }).folder).toBe('/etc/xdg/polyroom');
});

test('the newest profile is the current one, until another is used or it is removed', async () => {
  await store.set('default', profile);
  await store.set('eu', profile);
  expect((await store.read()).current).toBe('eu');
  await store.use('default');
  expect((await store.read()).current).toBe('default');
  await store.remove('default');
  expect(await store.read()).toEqual({ current: 'eu', profiles: { eu: profile } });
  await store.remove('eu');
  expect(await store.read()).toEqual({ profiles: {} });
  await expect(store.use('eu')).rejects.toThrow('there is no profile eu');
});

test.each([['../x'], ['__proto__'], ['a b'], ['']])('refuses the name %j', async (name) => {
  await expect(store.set(name, profile)).rejects.toMatchObject({ exitCode: 2 });
});

test.each([['no JSON'], ['[]'], ['{"profiles": {"a": {}}}'], ['null']])(
  'explains a damaged file: %s',
  async (text) => {
    await store.set('default', profile);
    await writeFile(store.file, text);
    await expect(store.read()).rejects.toThrow(`${store.file} is no file of profiles`);
    expect(await readFile(store.file, 'utf8')).toBe(text);
  },
);
