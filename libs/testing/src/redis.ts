import { join } from 'node:path';
import { freePort } from './free-port.js';
import { loopback, type Place } from './place.js';
import { answers, type RunningServer, startServer } from './server-process.js';
import { type ServerTls } from './tls.js';

export interface RedisOptions {
  /** Kept after `close()`; a temporary directory by default. */
  dataDir?: string;
  /** Writes an append-only file, so that a restart loses at most a second. */
  appendOnly?: boolean;
  /** Required from every client; without it any local user may connect. */
  password?: string;
  /** Accepts only clients with TLS. */
  tls?: ServerTls;
  port?: number;
  /** The network of this process by default; elsewhere it needs a password. */
  place?: Place;
  /** File descriptors kept open while the server runs. */
  inheritFds?: readonly number[];
  /** Called if the running server ends by itself, with the reason. */
  onCrash?: ((reason: string) => void) | undefined;
  /** A node of a Redis Cluster, which is formed by `startRedisCluster`. */
  cluster?: { busPort: number; nodeTimeoutMs: number };
}

const configFile = 'polyroom.conf';

/** Starts the redis-server on PATH. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  const { password, place = loopback, tls } = options;
  const { host } = place;
  const address = tls === undefined ? `${host}:${port}` : `${tls.host}:${port}`;
  const scheme = tls === undefined ? 'redis' : 'rediss';
  return startServer({
    name: 'redis-server',
    program: 'redis-server',
    args: (dataDir) => [
      ...(password === undefined ? [] : [join(dataDir, configFile)]),
      ...(tls === undefined ? ['--port', String(port)] : tlsArgs(port, tls)),
      ...['--bind', host, '--dir', dataDir, '--save', ''],
      ...['--appendonly', options.appendOnly === true ? 'yes' : 'no', '--daemonize', 'no'],
      // Keys must not be evicted: refusing a write is right, losing one is not.
      ...['--maxmemory-policy', 'noeviction'],
      ...(options.cluster === undefined ? [] : clusterArgs(options.cluster)),
    ],
    port,
    place,
    ...(password === undefined
      ? { url: `${scheme}://${address}` }
      : {
          url: `${scheme}://:${encodeURIComponent(password)}@${address}`,
          files: { [configFile]: `requirepass ${JSON.stringify(password)}\n` },
        }),
    dataDir: options.dataDir,
    inheritFds: options.inheritFds,
    onCrash: options.onCrash,
    probe: () =>
      password === undefined
        ? answers(port, 'PING\r\n', '+PONG', { tls, host })
        : answers(port, `AUTH ${JSON.stringify(password)}\r\nPING\r\n`, '+OK\r\n+PONG', { tls, host }),
  });
}

function tlsArgs(port: number, { certFile, keyFile, caFile, verifyClients }: ServerTls): string[] {
  return [
    ...['--port', '0', '--tls-port', String(port), '--tls-cert-file', certFile, '--tls-key-file', keyFile],
    ...['--tls-ca-cert-file', caFile, '--tls-auth-clients', verifyClients === true ? 'yes' : 'no'],
  ];
}

function clusterArgs({ busPort, nodeTimeoutMs }: NonNullable<RedisOptions['cluster']>): string[] {
  return [
    ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
    ...['--cluster-port', String(busPort), '--cluster-node-timeout', String(nodeTimeoutMs)],
    // Users on the remaining nodes continue when a node is lost.
    ...['--cluster-require-full-coverage', 'no'],
  ];
}
