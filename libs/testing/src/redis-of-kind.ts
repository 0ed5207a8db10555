import { startRedis } from './redis.js';
import { startRedisCluster } from './redis-cluster.js';

/** The supported Redis deployments: suites about stored state run on both. */
export const redisKinds = ['single', 'cluster'] as const;
export type RedisKind = (typeof redisKinds)[number];

/** `describe.each(redisKinds)('on %s', (kind) => …)`: one server, or a Cluster of three. */
export function startRedisOf(kind: RedisKind): Promise<{ url: string; close(): Promise<void> }> {
  return kind === 'single' ? startRedis() : startRedisCluster();
}
