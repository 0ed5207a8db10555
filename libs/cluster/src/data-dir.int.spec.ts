import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DataDir } from './data-dir.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-data-dir-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('allows one holder at a time, and names it to the next', async () => {
  const path = join(dir, 'one');
  const held = await DataDir.hold(path);
  await expect(DataDir.hold(path)).rejects.toThrow(
    `already running: process ${process.pid} uses ${path}, and it is still starting`,
  );
  await held.describe({ pid: process.pid, pageUrl: 'http://127.0.0.1:7088/' });
  await expect(DataDir.hold(path)).rejects.toThrow('its page is http://127.0.0.1:7088/');
  await held.close();
  await held.close();
  await (await DataDir.hold(path)).close();
});

test('keeps the lock for a process that inherited it; the next holder waits until it ends', async () => {
  const path = join(dir, 'inherited');
  const held = await DataDir.hold(path);
  const heir = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', held.lockFd] });
  await once(heir, 'spawn');
  await held.close();
  await expect(DataDir.hold(path, 300)).rejects.toThrow(
    `${path} is still in use by the processes ${heir.pid}: end them first`,
  );
  const next = DataDir.hold(path);
  heir.kill('SIGKILL');
  await (await next).close();
});
