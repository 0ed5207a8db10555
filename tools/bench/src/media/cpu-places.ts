import { execFileSync } from 'node:child_process';
import { cpus, setPriority } from 'node:os';

const workerNiceness = -15;

/**
 * On a machine with two cores or more, reserves the last one for the workers; everything else that the
 * benchmark starts from now on shares the others. Returns whether that succeeded.
 */
export function keepToFirstCpus(): boolean {
  const count = cpus().length;
  return count > 1 && pin(process.pid, count === 2 ? '0' : `0-${count - 2}`);
}

/** Pins a worker to the last core, with priority over other processes there. */
export function moveToLastCpu(pid: number): void {
  pin(pid, String(cpus().length - 1));
  try {
    setPriority(pid, workerNiceness);
  } catch {
    // Not permitted: it then shares its core on equal terms.
  }
}

function pin(pid: number, places: string): boolean {
  try {
    execFileSync('taskset', ['-a', '-c', '-p', places, String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
