import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@polyroom/testing';
import { childrenOf } from '../collected-memory.js';

export interface RunningProcess {
  pid: number;
  /** What it runs: `launcher`, `redis-server`, `mediasoup-worker`, or the app of a service. */
  name: string;
}

/** `npm start` after the setup of the machine, in a data directory of its own. */
export class Launcher {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly startedAtMs: number,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  /** Resolves when it is ready, with the time that this took. */
  static async start(
    rootDir: string,
    dataDir: string,
    args: string[],
  ): Promise<{ launcher: Launcher; readyMs: number }> {
    const main = join(rootDir, 'tools', 'dev', 'dist', 'bundle', 'main.js');
    const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], {
      cwd: rootDir,
      env: { ...process.env, POLYROOM_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const launcher = new Launcher(child, performance.now());
    const isReady = (): boolean => launcher.output.includes('Polyroom is ready');
    await waitFor(() => isReady() || child.exitCode !== null, {
      timeoutMs: 90_000,
      intervalMs: 20,
      describe: 'the launcher to be ready',
    });
    if (!isReady()) {
      throw new Error(`the launcher ended:\n${launcher.output.slice(-4000)}`);
    }
    return { launcher, readyMs: performance.now() - launcher.startedAtMs };
  }

  /** The launcher and all its descendants. */
  processes(): RunningProcess[] {
    const found = [{ pid: this.child.pid!, name: 'launcher' }];
    for (let parents = [this.child.pid!]; parents.length > 0;) {
      const children = parents.flatMap((parent) => childrenOf(parent));
      found.push(...children.map((pid) => ({ pid, name: nameOf(pid) })));
      parents = children;
    }
    return found;
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
  }
}

function nameOf(pid: number): string {
  const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const app = args.map((arg) => /apps\/([\w-]+)\/dist\/bundle\/main\.js$/.exec(arg)?.[1]).find(Boolean);
  // Redis puts its address behind the name.
  return app ?? program.split('/').at(-1)!.split(' ')[0]!;
}
