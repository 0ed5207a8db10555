import { readdirSync, readFileSync } from 'node:fs';

/** The fields of `/proc/PID/status`, by name. */
export function statusOf(pid: number): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^(\w+):\s*(.*)$/.exec(line)!;
      return [name!, value!];
    }),
  );
}

/** The child processes, each before its own; empty if the process has ended. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Ticks of `/proc` per second on every Linux. */
const ticksPerSecond = 100;

/** User and system time that a process has used. */
export function cpuMsOf(pid: number): number {
  // The name of the program, in parentheses, may contain spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
