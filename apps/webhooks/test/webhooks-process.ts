import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache, freePort, waitFor } from '@polyroom/testing';

const entry = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'bundle', 'main.js');

/** One instance in a separate process, so that it can be killed. */
export class WebhooksProcess {
  output = '';
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

  static async start(natsUrl: string, env: Record<string, string> = {}): Promise<WebhooksProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: {
        ...compileCache(),
        POLYROOM_NATS_URL: natsUrl,
        POLYROOM_HTTP_HOST: '127.0.0.1',
        POLYROOM_HTTP_PORT: String(port),
        POLYROOM_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = `http://127.0.0.1:${port}`;
    const instance = new WebhooksProcess(child, url);
    const isReady = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok;
    await waitFor(async () => (await isReady()) === true || child.exitCode !== null, {
      timeoutMs: 60_000,
      describe: 'the service to be ready',
    });
    if (child.exitCode !== null) {
      throw new Error(`the service ended: ${instance.output}`);
    }
    return instance;
  }

  /** The value of a series of `/metrics`, with its labels as they are written there; undefined if it is missing. */
  async readMetric(series: string): Promise<number | undefined> {
    const lines = (await (await fetch(`${this.url}/metrics`)).text()).split('\n');
    const line = lines.find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }
}
