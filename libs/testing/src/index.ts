export { freePort } from './free-port.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export { type RunningServer } from './server-process.js';
export { startRedis, type RedisOptions } from './redis.js';
export { startRedisCluster, type RunningRedisCluster } from './redis-cluster.js';
export { redisKinds, startRedisOf, type RedisKind } from './redis-of-kind.js';
export { askRedis } from './redis-request.js';
export { startNats, type NatsOptions } from './nats.js';
export { chromiumPath } from './chromium.js';
