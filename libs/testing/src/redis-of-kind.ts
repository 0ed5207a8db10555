import { startRedis } from './redis.js';
import { startRedisCluster } from './redis-cluster.js';

/** Both ways in which Redis is run: a suite about what it keeps is run on each of them. */
export const redisKinds = ['single', 'cluster'] as const;
export type RedisKind = (typeof redisKinds)[number];

/** `describe.each(redisKinds)('on %s', (kind) => …)`: one server, or a Cluster of three. */
export function startRedisOf(kind: RedisKind): Promise<{ url: string; close(): Promise<void> }> {
  return kind === 'single' ? startRedis() : startRedisCluster();
}
