import { expect, test } from '@jest/globals';
import { createConnection } from 'node:net';
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
])('%s starts on a port of its own, survives a restart and is gone after close', async (_name, start) => {
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

test('waitFor says what it waited for', async () => {
  await expect(waitFor(() => false, { timeoutMs: 30, describe: 'a miracle' })).rejects.toThrow('a miracle');
});
