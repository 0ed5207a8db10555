import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache, freePort, waitFor, waitUntilStopped } from '@polyroom/testing';

const entry = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'bundle', 'main.js');

/** One recorder in a separate process, so that it can be killed. */
export class RecorderProcess {
  private output = '';
  private readonly ended: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static async start(natsUrl: string): Promise<RecorderProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: {
        ...compileCache(),
        POLYROOM_NATS_URL: natsUrl,
        POLYROOM_HTTP_HOST: '127.0.0.1',
        POLYROOM_HTTP_PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = `http://127.0.0.1:${port}`;
    const recorder = new RecorderProcess(child, url);
    const isReady = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok;
    await waitFor(async () => (await isReady()) === true || child.exitCode !== null, {
      timeoutMs: 60_000,
      describe: 'the recorder to be ready',
    });
    if (child.exitCode !== null) {
      throw new Error(`the recorder ended: ${recorder.output}`);
    }
    return recorder;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get lines(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The value of a metric without labels. */
  async readMetric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
    if (signal === 'SIGSTOP') {
      waitUntilStopped(this.child.pid!);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}
