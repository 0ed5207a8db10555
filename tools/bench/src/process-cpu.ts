import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in ticks of 10 ms. */
const usPerTick = 10_000;

/** CPU time that a process has used so far, in µs; 0 for one that has ended. */
export function cpuUsOf(pid: number | undefined): number {
  if (pid === undefined) {
    return 0;
  }
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * usPerTick;
  } catch {
    return 0;
  }
}

/** The same for a process with a single thread, with ns resolution. */
export function exactCpuUsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}

/** The same for all threads of a process; a thread that has ended no longer counts. */
export function exactCpuUsOfThreads(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder)
    .map((thread) => Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000)
    .reduce((sum, us) => sum + us, 0);
}

/** CPU time of processes between two samples. */
export class CpuMeter {
  private readonly totals = new Map<string, number>();
  private before: Map<string, number> | undefined;

  constructor(private readonly pids: () => Map<string, number | undefined>) {}

  start(): void {
    this.before = this.look();
  }

  stop(): void {
    for (const [name, us] of this.look()) {
      const usedUs = us - (this.before?.get(name) ?? us);
      this.totals.set(name, (this.totals.get(name) ?? 0) + usedUs);
    }
  }

  /** µs by name, since the first start. */
  get used(): ReadonlyMap<string, number> {
    return this.totals;
  }

  private look(): Map<string, number> {
    const own = process.cpuUsage();
    return new Map([
      ...[...this.pids()].map(([name, pid]): [string, number] => [name, cpuUsOf(pid)]),
      ['load (this process)', own.user + own.system],
    ]);
  }
}
