import { type Cluster } from '@polyroom/cluster';
import { Redis } from 'ioredis';

/** How many Redis keys speak of a user of an app: by their name or by what they hold. */
export async function countKeys(cluster: Cluster, appId: number, userId: string): Promise<number> {
  return (await keysOf(cluster, appId, userId)).length;
}

/** The keys that speak of a user; reads every key, which only a test may do. */
export async function keysOf(cluster: Cluster, appId: number, userId: string): Promise<string[]> {
  const redis = new Redis(cluster.redisUrl);
  try {
    const found: string[] = [];
    for (const key of await redis.keys(`${cluster.redisPrefix}:*`)) {
      const value = (await redis.dumpBuffer(key))?.toString('latin1') ?? '';
      const named = key.includes(`${appId}:`) && (key.includes(userId) || value.includes(userId));
      // Keys that are not of one app (the reaper's, a gateway's) name the app in what they hold.
      if (named || (value.includes(String(appId)) && value.includes(userId))) {
        found.push(key);
      }
    }
    return found;
  } finally {
    redis.disconnect();
  }
}

/** What the records say of the one session of a user. */
export async function sessionStateOf(
  cluster: Cluster,
  appId: number,
  userId: string,
): Promise<string | undefined> {
  const redis = new Redis(cluster.redisUrl);
  try {
    const [record] = Object.values(
      await redis.hgetall(`${cluster.redisPrefix}:{${appId}:u:${userId}}:sessions`),
    );
    return record === undefined ? undefined : (JSON.parse(record) as { state: string }).state;
  } finally {
    redis.disconnect();
  }
}
