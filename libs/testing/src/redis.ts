import { freePort } from './free-port.js';
import { answers, type RunningServer, startServer } from './server-process.js';

export interface RedisOptions {
  /** Kept after `close()`; a temporary folder by default. */
  dataDir?: string;
  /** Writes an append-only file, so that a restart loses at most a second. */
  appendOnly?: boolean;
}

/** Starts the redis-server that is on PATH. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningServer> {
  const port = await freePort();
  return startServer({
    name: 'redis-server',
    program: 'redis-server',
    args: (dataDir) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dataDir, '--save', ''],
      ...['--appendonly', options.appendOnly === true ? 'yes' : 'no', '--daemonize', 'no'],
      // Keys are rules here: refusing a write is right, forgetting one is not.
      ...['--maxmemory-policy', 'noeviction'],
    ],
    port,
    url: `redis://127.0.0.1:${port}`,
    dataDir: options.dataDir,
    probe: () => answers(port, 'PING\r\n', '+PONG'),
  });
}
