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
