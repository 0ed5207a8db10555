import { join } from 'node:path';
import { freePort } from './free-port.js';
import { answers, type RunningServer, startServer } from './server-process.js';

export interface NatsOptions {
  /** Kept after `close()`; a temporary folder by default. */
  dataDir?: string;
  jetStream?: boolean;
  /** Asked of every client; without it anybody on this machine may connect. */
  password?: string;
  port?: number;
  /** Open files that the server keeps open as long as it runs. */
  inheritFds?: readonly number[];
}

const user = 'polyroom';
const configFile = 'polyroom.conf';

/** Starts the nats-server that is on PATH. */
export async function startNats(options: NatsOptions = {}): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  const { password } = options;
  return startServer({
    name: 'nats-server',
    program: 'nats-server',
    args: (dataDir) => [
      ...['--addr', '127.0.0.1', '--port', String(port)],
      ...(password === undefined ? [] : ['--config', join(dataDir, configFile)]),
      ...(options.jetStream === true ? ['--jetstream', '--store_dir', dataDir] : []),
    ],
    port,
    ...(password === undefined
      ? { url: `nats://127.0.0.1:${port}` }
      : {
          url: `nats://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
          files: { [configFile]: `authorization { user: ${user}, password: ${JSON.stringify(password)} }\n` },
        }),
    dataDir: options.dataDir,
    inheritFds: options.inheritFds,
    probe: () => answers(port, '', 'INFO '),
  });
}
