import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@polyroom/testing';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** The apps that are services, in alphabetical order. */
export const serviceApps = [
  'auth',
  'console',
  'gateway',
  'interop',
  'media',
  'messaging',
  'recorder',
  'room',
  'webhooks',
];

/** A process, distinguished from a later one with the same ID by its start time. */
export interface ProcessId {
  pid: number;
  startedAt: string;
  command: string;
}

/** `npm start` without the setup of the machine, in a data directory of its own. */
export class LauncherRun {
  output = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;

  constructor(dataDir: string, args: string[] = []) {
    const { PATH, HOME, MEDIASOUP_WORKER_BIN, NODE_COMPILE_CACHE } = process.env;
    this.child = spawn(
      process.execPath,
      [join(rootDir, 'tools', 'dev', 'dist', 'bundle', 'main.js'), ...args],
      {
        cwd: rootDir,
        env: { PATH, HOME, MEDIASOUP_WORKER_BIN, NODE_COMPILE_CACHE, POLYROOM_DATA_DIR: dataDir },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.ended = new Promise((resolve) =>
      this.child.once('exit', (code, signal) => resolve({ code, signal })),
    );
  }

  get pid(): number {
    return this.child.pid!;
  }

  get pageUrl(): string {
    return /Web page +(\S+)/.exec(this.output)?.[1] ?? 'not ready';
  }

  async ready(): Promise<void> {
    await waitFor(() => this.output.includes('Polyroom is ready') || this.child.exitCode !== null, {
      timeoutMs: 90_000,
      describe: 'the launcher to be ready',
    });
    if (this.child.exitCode !== null) {
      throw new Error(`the launcher ended:\n${this.output.slice(-4000)}`);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** All its descendants. */
  async descendants(): Promise<ProcessId[]> {
    const all = await listProcesses();
    const found: (ProcessId & { parent: number })[] = [];
    for (let parents = [this.pid]; parents.length > 0;) {
      const children = all.filter(({ parent }) => parents.includes(parent));
      found.push(...children);
      parents = children.map(({ pid }) => pid);
    }
    return found;
  }
}

/** The processes that are still running. */
export async function stillRunning(processes: ProcessId[]): Promise<ProcessId[]> {
  const all = await listProcesses();
  return processes.filter(({ pid, startedAt }) =>
    all.some((other) => other.pid === pid && other.startedAt === startedAt),
  );
}

async function listProcesses(): Promise<(ProcessId & { parent: number })[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      // The second field is the program's name in parentheses, which may contain spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, parent] = fields;
      const isDead = state === undefined || ['', 'Z', 'X'].includes(state);
      return isDead
        ? undefined
        : { pid: Number(pid), parent: Number(parent), startedAt: fields[19] ?? '', command };
    }),
  );
  return processes.filter((found) => found !== undefined);
}
