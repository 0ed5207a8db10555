export { KeyedQueue } from './keyed-queue.js';
export { PeriodicWork, type PeriodicWorkOptions } from './periodic-work.js';
export { ReadCache, type ReadCacheOptions } from './read-cache.js';
