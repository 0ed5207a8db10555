import { execFileSync } from 'node:child_process';
import { cpus, setPriority } from 'node:os';

const workerNiceness = -15;

/**
 * On a machine with two cores or more: the workers have the last one to themselves, and everything else that
 * the benchmark starts from now on shares the others. Says whether it is so.
 */
export function keepToFirstCpus(): boolean {
  const count = cpus().length;
  return count > 1 && pin(process.pid, count === 2 ? '0' : `0-${count - 2}`);
}

/** Puts a worker on the last core, and before whatever else may come there. */
export function moveToLastCpu(pid: number): void {
  pin(pid, String(cpus().length - 1));
  try {
    setPriority(pid, workerNiceness);
  } catch {
    // Not allowed: it has the same right to its core as others, then.
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
