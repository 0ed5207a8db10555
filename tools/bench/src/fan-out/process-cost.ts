import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time that a process has used, user and system together, in seconds with ns resolution: the sum over its
 * threads, as the scheduler counts it. The counter of the whole process has a resolution of 10 ms.
 */
export function readCpuSeconds(pid: number): number {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).reduce((sum, thread) => {
    try {
      return sum + Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
    } catch {
      // The thread has ended in the meantime.
      return sum;
    }
  }, 0);
}
