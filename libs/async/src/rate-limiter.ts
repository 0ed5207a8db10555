import { TokenBucket } from './token-bucket.js';

const sweepEvery = 10_000;

/**
 * Token buckets by key, with a capacity of one second and a rate that may change. Each process counts separately:
 * gateways route one key to one instance, as long as they see the same instances.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, TokenBucket>();
  private takes = 0;

  /** How many keys have a bucket. */
  get size(): number {
    return this.buckets.size;
  }

  /**
   * Takes tokens; false if none is left. One that is left is enough for several, and the next ones make up for the
   * rest. A rate of 0 means no limit.
   */
  take(key: string, perSecond: number, nowMs: number = Date.now(), count = 1): boolean {
    if (perSecond === 0) {
      return true;
    }
    if (++this.takes % sweepEvery === 0) {
      this.sweep(nowMs);
    }
    const capacity = Math.max(1, perSecond);
    const known = this.buckets.get(key);
    if (known !== undefined) {
      known.setRate(perSecond, capacity);
      return known.take(nowMs, count);
    }
    const bucket = new TokenBucket(perSecond, capacity, nowMs);
    this.buckets.set(key, bucket);
    return bucket.take(nowMs, count);
  }

  /** A full bucket is as good as a new one. */
  private sweep(nowMs: number): void {
    for (const [key, bucket] of this.buckets) {
      if (bucket.isFull(nowMs)) {
        this.buckets.delete(key);
      }
    }
  }
}
