import { type Cluster } from '@polyroom/cluster';
import { Redis } from 'ioredis';

/** Number of Redis keys that refer to a user of an app, by key or by value. */
export async function countKeys(cluster: Cluster, appId: number, userId: string): Promise<number> {
  return (await keysOf(cluster, appId, userId)).length;
}

/** The keys that refer to a user; scans all keys, which is acceptable in tests only. */
export function keysOf(cluster: Cluster, appId: number, userId: string): Promise<string[]> {
  return onEachServer(cluster, async (redis) => {
    const found: string[] = [];
    for (const key of await redis.keys(`${cluster.redisPrefix}:*`)) {
      const value = (await redis.dumpBuffer(key))?.toString('latin1') ?? '';
      const named = key.includes(`${appId}:`) && (key.includes(userId) || value.includes(userId));
      // Keys that belong to no single app (the reaper's, a gateway's) contain the AppID in their value.
      if (named || (value.includes(String(appId)) && value.includes(userId))) {
        found.push(key);
      }
    }
    return found;
  });
}

/** The stored state of a user's only session. */
export async function sessionStateOf(
  cluster: Cluster,
  appId: number,
  userId: string,
): Promise<string | undefined> {
  const key = `${cluster.redisPrefix}:{${appId}:u:${userId}}:sessions`;
  const [record] = await onEachServer(cluster, async (redis) =>
    // Only one server of a Redis Cluster has the key.
    (await redis.keys(key)).length === 0 ? [] : Object.values(await redis.hgetall(key)),
  );
  return record === undefined ? undefined : (JSON.parse(record) as { state: string }).state;
}

/** Runs a query on the only server, or on each one of a Redis Cluster. */
async function onEachServer(cluster: Cluster, ask: (redis: Redis) => Promise<string[]>): Promise<string[]> {
  const answers = await Promise.all(
    cluster.redisUrl.split(',').map(async (address) => {
      const redis = new Redis(address.replace('redis+cluster://', 'redis://'));
      try {
        return await ask(redis);
      } finally {
        redis.disconnect();
      }
    }),
  );
  return answers.flat();
}
