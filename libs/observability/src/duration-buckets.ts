/**
 * Upper bounds of requests, in seconds. The objectives of deploy/prometheus are among them, because the share of requests
 * within an objective is exact at a bound only.
 */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The same for calls of stores, which take less than a millisecond. */
export const storeDurationBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/** Seconds since a time of `performance.now()`. */
export function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
