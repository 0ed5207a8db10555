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

const defaultPort = 6379;
const schemes = ['redis', 'rediss', 'redis+cluster', 'rediss+cluster'];

/**
 * Reads `redis://[user:password@]host[:port][/database]`, for a Cluster several of them with commas between,
 * or `redis+cluster://` where one node is enough. `rediss` is TLS. The first address has the credentials.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const [first, ...others] = text.split(',').map((part) => part.trim());
  const [, scheme = ''] = /^([a-z+]+):\/\//.exec(first!) ?? [];
  if (!schemes.includes(scheme)) {
    throw new Error(
      'the address of Redis begins with redis://, rediss://, redis+cluster:// or rediss+cluster://',
    );
  }
  // The scheme may be left out after the first one.
  const urls = [first!, ...others].map((part) =>
    readUrl(part.includes('://') ? part : `${scheme}://${part}`),
  );
  const head = urls[0]!;
  const cluster = scheme.endsWith('+cluster') || urls.length > 1;
  const database = Number(head.pathname.slice(1) || '0');
  if (!Number.isInteger(database) || (cluster && database !== 0)) {
    throw new Error(cluster ? 'a Redis Cluster has no databases' : 'the database of Redis is a number');
  }
  return {
    cluster,
    nodes: urls.map((url) => ({ host: url.hostname, port: Number(url.port || defaultPort) })),
    username: decodeURIComponent(head.username) || undefined,
    password: decodeURIComponent(head.password) || undefined,
    tls: scheme.startsWith('rediss'),
    database,
  };
}

/** Never names the address in its error: it may hold a password. */
function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new Error('an address of Redis is a URL with a host');
  }
  return url;
}
