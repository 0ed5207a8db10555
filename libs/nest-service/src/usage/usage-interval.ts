/** Injection token: how often a process reports what it has counted. */
export const USAGE_INTERVAL_MS = Symbol('USAGE_INTERVAL_MS');
