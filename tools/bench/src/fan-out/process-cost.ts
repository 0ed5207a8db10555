import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time that a process has used, in seconds, user and system together, to the ns: of all threads that it
 * has, as the scheduler counts it. The process's own sum comes in steps of 10 ms.
 */
export function readCpuSeconds(pid: number): number {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).reduce((sum, thread) => {
    try {
      return sum + Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
    } catch {
      // A thread that ended meanwhile.
      return sum;
    }
  }, 0);
}
