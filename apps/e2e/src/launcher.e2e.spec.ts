import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { LauncherRun, stillRunning } from './support/launcher-run.js';

let dataDir: string;
let first: LauncherRun;
const runs: LauncherRun[] = [];

function launch(): LauncherRun {
  const run = new LauncherRun(dataDir);
  runs.push(run);
  return run;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'polyroom-launcher-'));
  first = launch();
  await first.ready();
});
afterAll(async () => {
  runs.forEach((run) => run.kill('SIGKILL'));
  await Promise.all(runs.map((run) => run.ended));
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

test('a second start in the same directory is refused, with the process and the page of the first', async () => {
  const second = launch();
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.output.trim()).toBe(
    `== already running: process ${first.pid} uses ${dataDir}, and its page is ${first.pageUrl}`,
  );
  expect((await fetch(first.pageUrl)).status).toBe(200);
});

test('nothing outlives a launcher that is killed, and the next start has the same data', async () => {
  const processes = await first.descendants();
  for (const program of ['redis-server', 'nats-server', 'auth', 'gateway', 'mediasoup-worker']) {
    expect(processes.map(({ command }) => command)).toContainEqual(expect.stringContaining(program));
  }
  const demoApps = await readFile(join(dataDir, 'demo-apps.json'), 'utf8');

  first.kill('SIGKILL');
  // At once, while the processes of the first are still ending.
  const next = launch();
  await next.ready();
  expect(await stillRunning(processes)).toEqual([]);
  expect(await readFile(join(dataDir, 'demo-apps.json'), 'utf8')).toBe(demoApps);
  expect(next.output).not.toContain('app created');

  const own = await next.descendants();
  next.kill('SIGTERM');
  expect(await next.ended).toEqual({ code: 0, signal: null });
  await waitFor(async () => (await stillRunning(own)).length === 0, { describe: 'all processes to end' });
});
