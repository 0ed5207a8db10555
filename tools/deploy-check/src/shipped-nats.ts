import { freePort, waitFor } from '@polyroom/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readText } from './repository.js';

/** The users of deploy/nats/nats.conf. */
export const natsUsers = ['gateway', 'interop', 'auth', 'room', 'messaging', 'recorder', 'webhooks', 'media'];

/** A real server with the configuration that Compose and Kubernetes mount. */
export class ShippedNats {
  private log = '';

  private constructor(
    private readonly server: ChildProcess,
    private readonly dataDir: string,
    readonly port: number,
  ) {
    server.stderr!.on('data', (chunk) => (this.log += String(chunk)));
  }

  /** `change` applies an operator's mistake to the configuration. */
  static async start(
    change: (configuration: string) => string = (configuration) => configuration,
  ): Promise<ShippedNats> {
    const port = await freePort();
    const dataDir = await mkdtemp(join(tmpdir(), 'polyroom-nats-conf-'));
    const file = join(dataDir, 'nats.conf');
    await writeFile(file, change(readText('deploy/nats/nats.conf')));
    const options = ['--addr', '127.0.0.1', '--port', String(port), '--http_port', String(await freePort())];
    const server = spawn('nats-server', ['--config', file, ...options], {
      env: {
        PATH: process.env['PATH'],
        NATS_SERVER_NAME: 'checked',
        NATS_STORE_DIR: dataDir,
        ...Object.fromEntries(natsUsers.map((user) => [`NATS_PASSWORD_${user.toUpperCase()}`, `pw-${user}`])),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const nats = new ShippedNats(server, dataDir, port);
    await waitFor(() => nats.log.includes('Server is ready') || server.exitCode !== null, {
      timeoutMs: 10_000,
      describe: 'the server to accept its configuration',
    });
    if (server.exitCode !== null) {
      throw new Error(`nats-server rejects deploy/nats/nats.conf: ${nats.log}`);
    }
    return nats;
  }

  urlOf(user: string): string {
    return `nats://${user}:pw-${user}@127.0.0.1:${this.port}`;
  }

  /** Makes the running server reload a changed configuration. */
  async reload(change: (configuration: string) => string): Promise<void> {
    await writeFile(join(this.dataDir, 'nats.conf'), change(readText('deploy/nats/nats.conf')));
    this.server.kill('SIGHUP');
    await waitFor(() => this.log.includes('Reloaded server configuration'), {
      timeoutMs: 10_000,
      describe: 'the server to reload its configuration',
    });
  }

  async close(): Promise<void> {
    // It writes until it has ended.
    const ended = this.server.exitCode === null ? once(this.server, 'exit') : undefined;
    this.server.kill('SIGTERM');
    await ended;
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
