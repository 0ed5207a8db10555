import { freePort } from './free-port.js';
import { answers, type RunningServer, startServer } from './server-process.js';

export interface NatsOptions {
  /** Kept after `close()`; a temporary folder by default. */
  dataDir?: string;
  jetStream?: boolean;
}

/** Starts the nats-server that is on PATH. */
export async function startNats(options: NatsOptions = {}): Promise<RunningServer> {
  const port = await freePort();
  return startServer({
    name: 'nats-server',
    program: 'nats-server',
    args: (dataDir) => [
      ...['--addr', '127.0.0.1', '--port', String(port)],
      ...(options.jetStream === true ? ['--jetstream', '--store_dir', dataDir] : []),
    ],
    port,
    url: `nats://127.0.0.1:${port}`,
    dataDir: options.dataDir,
    probe: () => answers(port, '', 'INFO '),
  });
}
