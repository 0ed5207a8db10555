import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Debian's Python: GStreamer's bindings are its packages. */
const python = '/usr/bin/python3';

/** An encoder that has nothing of ours: GStreamer behind a hundred lines of a WHIP client. */
export class GstreamerEncoder {
  private constructor(private readonly process: ChildProcess) {}

  /** Resolves when the POST was answered and the answer taken. */
  static async start(rootDir: string, endpoint: string, token: string): Promise<GstreamerEncoder> {
    const script = join(rootDir, 'tools/check/src/interop/whip-publish.py');
    const child = spawn(python, [script, endpoint], {
      env: { ...process.env, WHIP_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += String(chunk)));
    const exited = once(child, 'exit').then(() => {
      throw new Error(`the encoder ended: ${errors.slice(-2000)}`);
    });
    exited.catch(() => undefined);
    await Promise.race([once(child.stdout, 'data'), exited]);
    return new GstreamerEncoder(child);
  }

  /** `SIGTERM` ends it in order, with a DELETE; `SIGKILL` leaves it to the cluster to notice. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal);
      await once(this.process, 'exit');
    }
  }
}
