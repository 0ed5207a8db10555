import { AddressError, type AddressRules, parseServerAddresses } from '@polyroom/config';

/** Address of Redis: one server, or some nodes of a Cluster; the client discovers the other nodes. */
export interface RedisAddress {
  cluster: boolean;
  nodes: { host: string; port: number }[];
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
  /** Database of a single server; a Cluster has only database 0. */
  database: number;
}

export const redisAddressRules: AddressRules = {
  schemes: ['redis', 'rediss', 'redis+cluster', 'rediss+cluster'],
  defaultPort: 6379,
};

/**
 * Parses `redis://[user:password@]host[:port][/database]`. A Cluster is a comma-separated list of these, or
 * `redis+cluster://` with one node or more. `rediss` means TLS. All nodes share one set of credentials, given
 * in any of the entries. Throws AddressError, which never contains the address: it may hold a password.
 */
export function parseRedisAddress(text: string): RedisAddress {
  if (!/^\s*rediss?(\+cluster)?:\/\//i.test(text)) {
    throw new AddressError(
      'the Redis address must start with redis://, rediss://, redis+cluster:// or rediss+cluster://',
    );
  }
  const entries = parseServerAddresses(text, redisAddressRules);
  const { scheme, path } = entries[0]!;
  const cluster = scheme.endsWith('+cluster') || entries.length > 1;
  const database = Number(path.slice(1) || '0');
  if (!Number.isInteger(database) || (cluster && database !== 0)) {
    throw new AddressError(
      cluster ? 'a Redis Cluster has only database 0' : 'the Redis database must be an integer',
    );
  }
  const { username, password } = commonCredentials(entries);
  return {
    cluster,
    nodes: entries.map(({ host, port }) => ({ host, port })),
    username,
    password,
    tls: scheme.startsWith('rediss'),
    database,
  };
}

interface Credentials {
  username: string | undefined;
  password: string | undefined;
}

/** ioredis authenticates at every node with the same credentials. */
function commonCredentials(entries: readonly Credentials[]): Credentials {
  const given = entries.filter(({ username, password }) => username !== undefined || password !== undefined);
  const [first] = given;
  if (given.some(({ username, password }) => username !== first!.username || password !== first!.password)) {
    throw new AddressError('all nodes of a Redis Cluster must have the same user and password');
  }
  return { username: first?.username, password: first?.password };
}
