import { AddressError, type AddressRules, parseServerAddresses } from '@polyroom/config';

/** Where Redis is: one server, or some nodes of a Cluster, from which the others are learned. */
export interface RedisAddress {
  cluster: boolean;
  nodes: { host: string; port: number }[];
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
  /** Of a single server; a Cluster has only the first. */
  database: number;
}

export const redisAddressRules: AddressRules = {
  schemes: ['redis', 'rediss', 'redis+cluster', 'rediss+cluster'],
  defaultPort: 6379,
};

/**
 * Reads `redis://[user:password@]host[:port][/database]`, for a Cluster several of them with commas between,
 * or `redis+cluster://` where one node is enough. `rediss` is TLS. All nodes have the same credentials, which
 * stand in any of the entries. Throws AddressError, which never names the address: it may hold a password.
 */
export function parseRedisAddress(text: string): RedisAddress {
  if (!/^\s*rediss?(\+cluster)?:\/\//i.test(text)) {
    throw new AddressError(
      'the address of Redis begins with redis://, rediss://, redis+cluster:// or rediss+cluster://',
    );
  }
  const entries = parseServerAddresses(text, redisAddressRules);
  const { scheme, path } = entries[0]!;
  const cluster = scheme.endsWith('+cluster') || entries.length > 1;
  const database = Number(path.slice(1) || '0');
  if (!Number.isInteger(database) || (cluster && database !== 0)) {
    throw new AddressError(
      cluster ? 'a Redis Cluster has no databases' : 'the database of Redis is a number',
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

/** The client signs in at every node in the same way. */
function commonCredentials(entries: readonly Credentials[]): Credentials {
  const given = entries.filter(({ username, password }) => username !== undefined || password !== undefined);
  const [first] = given;
  if (given.some(({ username, password }) => username !== first!.username || password !== first!.password)) {
    throw new AddressError('the nodes of a Redis Cluster have one user and one password');
  }
  return { username: first?.username, password: first?.password };
}
