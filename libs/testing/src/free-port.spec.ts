import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

test('returns a port once, outside of the ephemeral range', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('withholds a claimed port from other processes', async () => {
  const port = await freePort();
  const code = `require('node:net').createServer().on('error', (error) => console.log(error.code))
    .listen({ path: '\\0polyroom-port-${port}' }, () => process.exit())`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', code]);
  expect(stdout.trim()).toBe('EADDRINUSE');
});
