import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdDirectory } from './pglite-directory.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-hold-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('holdDirectory', () => {
  it('gives a directory to one holder at a time', async () => {
    const path = join(dir, 'one');
    const first = await holdDirectory(path);
    await expect(holdDirectory(path)).rejects.toThrow(`in use by process ${process.pid}`);
    await first.release();
    await first.release();
    const second = await holdDirectory(path);
    // Releasing the first again must not free what the second holds.
    await first.release();
    await expect(holdDirectory(path)).rejects.toThrow('in use');
    await second.release();
  });

  it.each([
    ['a process that is gone', '999999999 5'],
    ['an earlier process of the same number', `${process.pid} 5`],
    ['nobody', ''],
    ['half a line', '999999999'],
  ])('is not kept off by %s', async (what, content) => {
    const path = join(dir, what);
    await writeFile(`${path}.lock`, content);
    await (await holdDirectory(path)).release();
  });
});
