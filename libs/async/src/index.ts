export { KeyedQueue } from './keyed-queue.js';
export { PeriodicWork, type PeriodicWorkOptions } from './periodic-work.js';
export { RateLimiter } from './rate-limiter.js';
export { ReadCache, type ReadCacheOptions } from './read-cache.js';
export { retry, type RetryOptions } from './retry.js';
export { settlesWithin } from './settles-within.js';
export { TokenBucket } from './token-bucket.js';
