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
    // Releasing the first lock twice must not free the second holder's lock.
    await first.release();
    await expect(holdDirectory(path)).rejects.toThrow('in use');
    await second.release();
  });

  it.each([
    ['an exited process', '999999999 5'],
    ['an earlier process with the same PID', `${process.pid} 5`],
    ['an empty file', ''],
    ['half a line', '999999999'],
  ])('ignores a lock of %s', async (what, content) => {
    const path = join(dir, what);
    await writeFile(`${path}.lock`, content);
    await (await holdDirectory(path)).release();
  });
});
