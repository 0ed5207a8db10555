import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpuMsOf, descendantsOf, statusOf } from './processes.js';

const child = spawn('sh', ['-c', 'sleep 60 & echo started; wait'], { detached: true });

beforeAll(() => once(child.stdout, 'data'));
afterAll(() => void process.kill(-child.pid!, 'SIGKILL'));

test('lists the child processes of a process', () => {
  const children = descendantsOf(process.pid);
  expect(children).toContain(child.pid);
  const [sleeping] = descendantsOf(child.pid!);
  expect(statusOf(sleeping!)['Name']).toBe('sleep');
  expect(children.indexOf(sleeping!)).toBeGreaterThan(children.indexOf(child.pid!));
  expect(descendantsOf(0x7fff_ffff)).toEqual([]);
});

test('reads the CPU time of a process', () => {
  const { user, system } = process.cpuUsage();
  const usedMs = (user + system) / 1000;
  expect(cpuMsOf(process.pid)).toBeGreaterThan(usedMs - 100);
  expect(cpuMsOf(process.pid)).toBeLessThan(usedMs + 1000);
});
