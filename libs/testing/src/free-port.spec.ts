import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

test('a port is given out once, and lies where no outgoing connection takes it', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('another process does not get a port that is held here', async () => {
  const port = await freePort();
  const code = `require('node:net').createServer().on('error', (error) => console.log(error.code))
    .listen({ path: '\\0polyroom-port-${port}' }, () => process.exit())`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', code]);
  expect(stdout.trim()).toBe('EADDRINUSE');
});
