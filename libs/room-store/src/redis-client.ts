import { isCertificateRefused, type TlsFiles } from '@polyroom/config';
import { FastIo } from '@polyroom/fast-io';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisAddress, type RedisAddress } from './redis-address.js';
import { traceCommands } from './redis-spans.js';

/** One server or a Cluster; both take the same commands, because every command keeps to one slot. */
export type RedisClient = Redis | Cluster;

/** A command without a reply fails after this time, and the request that needed it is refused. */
const commandTimeoutMs = 2000;
/**
 * A connection on which a command waits and nothing arrives for so long is replaced. After a cut of the network TCP would
 * repeat the command only after as long again.
 */
const silenceMs = 3000;
const connectTimeoutMs = 4000;
const maxReconnectDelayMs = 1000;
/** Limits how often a command follows redirections while slots move or nodes are down. */
const maxRedirections = 8;
const redirectionDelayMs = 200;

/** Connects, or throws the reason why Redis is unusable. */
export async function connectRedis(
  url: string,
  onError: (error: Error) => void,
  options: { fastIo?: boolean; tls?: TlsFiles | undefined } = {},
): Promise<RedisClient> {
  const address = parseRedisAddress(url);
  const client = address.cluster ? createCluster(address, options.tls) : createSingle(address, options.tls);
  let reason: Error | undefined;
  const keepReason = (error: Error): void => void (reason = error);
  client.on('error', keepReason);
  combineWrites(client, new FastIo(options.fastIo ?? true));
  traceCommands(client);
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    // The error that ioredis throws says only that the connection is closed; the error event has the cause.
    throw reason ?? error;
  }
  client.off('error', keepReason).on('error', onError);
  return client;
}

/** True if Redis rejects the credentials, or a certificate is refused: a retry cannot succeed. */
export function isRefusedByRedis(error: unknown): boolean {
  const { message, lastNodeError } = Object(error) as { message?: unknown; lastNodeError?: unknown };
  return (
    /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH)/.test(String(message)) ||
    isCertificateRefused(error) ||
    (lastNodeError !== undefined && isRefusedByRedis(lastNodeError))
  );
}

function combineWrites(client: RedisClient, io: FastIo): void {
  if (client instanceof Cluster) {
    client.on('+node', (node: Redis) => node.on('connect', () => io.combineRedisWrites(node.stream)));
  } else {
    client.on('connect', () => io.combineRedisWrites(client.stream));
  }
}

function createSingle(address: RedisAddress, files?: TlsFiles): Redis {
  return new Redis({
    ...address.nodes[0]!,
    ...commonOptions(address, files),
    db: address.database,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    retryStrategy: reconnectDelayMs,
  });
}

function createCluster(address: RedisAddress, files?: TlsFiles): Cluster {
  const cluster = new Cluster(address.nodes, {
    lazyConnect: true,
    redisOptions: commonOptions(address, files),
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections,
    retryDelayOnFailover: redirectionDelayMs,
    retryDelayOnClusterDown: redirectionDelayMs,
    // Certificates name hosts, so ioredis must connect by name instead of resolving the address first.
    ...(address.tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
  });
  return cluster;
}

function commonOptions({ username, password, tls }: RedisAddress, files: TlsFiles = {}): RedisOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: { ...files } } : {}),
    commandTimeout: commandTimeoutMs,
    socketTimeout: silenceMs,
    connectTimeout: connectTimeoutMs,
  };
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * 100, maxReconnectDelayMs);
}
