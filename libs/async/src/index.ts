export { KeyedQueue } from './keyed-queue.js';
export { PeriodicWork, type PeriodicWorkOptions } from './periodic-work.js';
