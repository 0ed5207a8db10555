import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@polyroom/testing';
import { WebSocket } from 'ws';

/** Options for the measured processes: each opens an inspector on a free port when asked to. */
export const inspectorFlags = ['--inspect-port=0'];

export interface MeasuredProcess {
  /** The name in its log lines. */
  name: string;
  pid: number;
}

interface CollectedMemoryOptions {
  others?: readonly number[];
  read?: (pids: readonly number[]) => number;
}

const looks = 3;
const lookIntervalMs = 500;

/**
 * The resident memory of processes and their children after a garbage collection: without one, the result
 * mainly shows when V8 last collected.
 */
export class CollectedMemory {
  private nextId = 1;

  private constructor(
    private readonly pids: number[],
    private readonly inspectors: WebSocket[],
    private readonly read: (pids: readonly number[]) => number,
  ) {}

  /**
   * `logs` are the lines that they have written so far; new lines are appended. `others` are processes without a garbage
   * collector, and `read` is the memory of processes together, in bytes.
   */
  static async of(
    processes: readonly MeasuredProcess[],
    logs: readonly { process: string; text: string }[],
    { others = [], read = residentBytes }: CollectedMemoryOptions = {},
  ): Promise<CollectedMemory> {
    const inspectors = await Promise.all(
      processes.map(async ({ name, pid }) => {
        // Node.js now opens its inspector and logs the address.
        process.kill(pid, 'SIGUSR1');
        const url = await waitFor(
          () => logs.map((line) => line.process === name && /ws:\/\/\S+/.exec(line.text)?.[0]).find(Boolean),
          { timeoutMs: 10_000, describe: `the inspector of ${name}` },
        );
        const inspector = new WebSocket(url as string, { perMessageDeflate: false });
        await once(inspector, 'open');
        return inspector;
      }),
    );
    return new CollectedMemory(
      [...processes.flatMap(({ pid }) => [pid, ...childrenOf(pid)]), ...others],
      inspectors,
      read,
    );
  }

  /** The minimum of several samples: memory that waits to be returned to the system does not count. */
  async bytes(): Promise<number> {
    let smallest = Infinity;
    for (let look = 0; look < looks; look += 1) {
      await sleep(lookIntervalMs);
      await Promise.all(this.inspectors.map((inspector) => this.collect(inspector)));
      smallest = Math.min(smallest, this.read(this.pids));
    }
    return smallest;
  }

  close(): void {
    this.inspectors.forEach((inspector) => inspector.close());
  }

  private async collect(inspector: WebSocket): Promise<void> {
    const id = this.nextId++;
    const collected = new Promise<void>((resolve) => {
      const listen = (data: Buffer): void => {
        if ((JSON.parse(data.toString('utf8')) as { id?: number }).id === id) {
          inspector.off('message', listen);
          resolve();
        }
      };
      inspector.on('message', listen);
    });
    inspector.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await collected;
  }
}

/** The resident memory of processes together. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kibibytes ?? 0) * 1024;
  }, 0);
}

/** The same with pages that several processes map counted once: each has its share of them. */
export function proportionalBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kibibytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return sum + Number(kibibytes ?? 0) * 1024;
  }, 0);
}

export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}
