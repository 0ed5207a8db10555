import { Cluster } from 'ioredis';
import { type RedisClient } from './redis-client.js';

export interface RedisMemory {
  /** `host:port` */
  node: string;
  usedBytes: number;
  maxBytes: number;
}

export async function readRedisMemory(redis: RedisClient): Promise<RedisMemory[]> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis];
  return Promise.all(
    masters.map(async (master) => {
      const info = await master.info('memory');
      const { host, port } = master.options;
      const bytesOf = (field: string): number =>
        Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
      return { node: `${host}:${port}`, usedBytes: bytesOf('used_memory'), maxBytes: bytesOf('maxmemory') };
    }),
  );
}
