import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startNats, startPostgres, startRedis, waitFor } from './index.js';

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

test.each([
  ['redis-server', startRedis],
  ['nats-server', startNats],
  ['postgres', startPostgres],
])('starts %s on a free port, restarts it, and ends it on close', async (_name, start) => {
  const first = await start();
  const second = await start();
  expect(first.port).not.toBe(second.port);
  await first.kill();
  expect(await accepts(first.port)).toBe(false);
  expect(await accepts(second.port)).toBe(true);
  await first.restart();
  expect(await accepts(first.port)).toBe(true);
  await Promise.all([first.close(), first.close(), second.close()]);
  expect(await accepts(first.port)).toBe(false);
  expect(await accepts(second.port)).toBe(false);
});

test.each([
  ['redis-server', startRedis],
  ['nats-server', startNats],
])('reports that %s ended by itself, and not that it was ended', async (_name, start) => {
  const reasons: string[] = [];
  const server = await start({ onCrash: (reason) => void reasons.push(reason) });
  await server.restart();
  await server.kill();
  await server.restart();
  expect(reasons).toEqual([]);
  server.signal('SIGKILL');
  await waitFor(() => reasons.length > 0, { describe: 'the report' });
  expect(reasons).toEqual(['it ended with SIGKILL']);
  await server.close();
});

test('ends servers with the process that started them, also if it is killed', async () => {
  const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const script = `
    const { startNats, startPostgres, startRedis } = await import(${JSON.stringify(built)});
    const servers = await Promise.all([startNats(), startPostgres(), startRedis()]);
    console.log(JSON.stringify(servers.map(({ port }) => port)));
    setInterval(() => {}, 1000);`;
  // The killed process had no time to remove their data.
  const temporaryDir = await mkdtemp(join(tmpdir(), 'polyroom-killed-'));
  await chmod(temporaryDir, 0o755);
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: temporaryDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const ports = JSON.parse(line.toString()) as number[];
  expect(await Promise.all(ports.map(accepts))).toEqual([true, true, true]);
  parent.kill('SIGKILL');
  await waitFor(async () => !(await Promise.all(ports.map(accepts))).includes(true), {
    timeoutMs: 10_000,
    describe: 'all servers to end',
  });
  await rm(temporaryDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test('names the condition when waitFor times out', async () => {
  await expect(waitFor(() => false, { timeoutMs: 30, describe: 'a miracle' })).rejects.toThrow('a miracle');
});
