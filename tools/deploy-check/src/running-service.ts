import { compileCache, freePort, waitFor } from '@polyroom/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { rootDir } from './repository.js';

/** A built service as a process. */
export class RunningService {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the service is ready. Throws with its output if it ends first. */
  static async start(app: string, env: Record<string, string>): Promise<RunningService> {
    const port = await freePort();
    const child = spawn(process.execPath, [join(rootDir, 'apps', app, 'dist', 'bundle', 'main.js')], {
      env: { ...compileCache(), POLYROOM_HTTP_HOST: '127.0.0.1', POLYROOM_HTTP_PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)));
    }
    const isReady = async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    await waitFor(async () => (await isReady()) === true || child.exitCode !== null, {
      timeoutMs: 60_000,
      describe: `${app} to be ready`,
    });
    if (child.exitCode !== null) {
      throw new Error(`${app} ended: ${output}`);
    }
    return new RunningService(child);
  }

  async close(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}
