import { readdirSync, readFileSync } from 'node:fs';

const deadlineMs = 5000;
const intervalMs = 2;

/**
 * Waits until every thread of the process stands still. `kill` returns before: on a busy machine the process runs
 * for some milliseconds after SIGSTOP, and may answer a request. Blocks the caller. Linux only.
 */
export function waitUntilStopped(pid: number): void {
  const until = performance.now() + deadlineMs;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!isStopped(pid)) {
    if (performance.now() >= until) {
      throw new Error(`process ${pid} still runs ${deadlineMs} ms after SIGSTOP`);
    }
    Atomics.wait(pause, 0, 0, intervalMs);
  }
}

function isStopped(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).every((thread) => {
    // The state follows the name, which is in parentheses and may have any character.
    const stat = readFileSync(`${threads}/${thread}/stat`, 'utf8');
    return /^[TtZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  });
}
