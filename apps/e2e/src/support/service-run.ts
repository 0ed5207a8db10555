import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryOf } from '@polyroom/cluster';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** One service in a process of its own, with its complete output. */
export class ServiceRun {
  output = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;

  constructor(app: string, env: Record<string, string>, args: string[] = []) {
    this.child = spawn(process.execPath, ['--enable-source-maps', entryOf(rootDir, app), ...args], {
      cwd: rootDir,
      env: { ...inheritedEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve({ code, signal })),
    );
  }

  /** The log lines; fails if a line is not JSON. */
  get lines(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.kill('SIGKILL');
    await this.ended;
  }
}

function inheritedEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'MEDIASOUP_WORKER_BIN', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
