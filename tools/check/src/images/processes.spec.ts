import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { cpuMsOf, descendantsOf, statusOf } from './processes.js';

const child = spawn('sh', ['-c', 'sleep 60 & echo started; wait'], { detached: true });

beforeAll(() => once(child.stdout, 'data'));
afterAll(() => void process.kill(-child.pid!, 'SIGKILL'));

test('lists the child processes of a process', async () => {
  const children = descendantsOf(process.pid);
  expect(children).toContain(child.pid);
  const [sleeping] = descendantsOf(child.pid!);
  // Until it executes its program, it is a copy of the shell.
  await waitFor(() => statusOf(sleeping!)['Name'] === 'sleep', { describe: 'the program to be executed' });
  expect(children.indexOf(sleeping!)).toBeGreaterThan(children.indexOf(child.pid!));
  expect(descendantsOf(0x7fff_ffff)).toEqual([]);
});

test('reads the CPU time of a process', () => {
  const { user, system } = process.cpuUsage();
  const usedMs = (user + system) / 1000;
  expect(cpuMsOf(process.pid)).toBeGreaterThan(usedMs - 100);
  expect(cpuMsOf(process.pid)).toBeLessThan(usedMs + 1000);
});
