import { Injectable } from '@nestjs/common';

interface Bucket {
  tokens: number;
  refilledAtMs: number;
}

/** A bucket that was idle this long is full again and can be deleted. */
const idleMs = 60_000;
const sweepEvery = 10_000;

/**
 * Token buckets by key, with a capacity of one second. Each process counts separately: gateways route one key
 * to one instance, as long as they see the same instances.
 */
@Injectable()
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  private takes = 0;

  /** Takes one token; false if none is left. A rate of 0 means no limit. */
  take(key: string, perSecond: number, nowMs: number = Date.now()): boolean {
    if (perSecond === 0) {
      return true;
    }
    if (++this.takes % sweepEvery === 0) {
      this.sweep(nowMs);
    }
    const capacity = Math.max(1, perSecond);
    const bucket = this.buckets.get(key) ?? { tokens: capacity, refilledAtMs: nowMs };
    const earned = ((nowMs - bucket.refilledAtMs) / 1000) * perSecond;
    bucket.tokens = Math.min(capacity, bucket.tokens + earned);
    bucket.refilledAtMs = nowMs;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens -= 1;
    return true;
  }

  private sweep(nowMs: number): void {
    for (const [key, bucket] of this.buckets) {
      if (nowMs - bucket.refilledAtMs > idleMs) {
        this.buckets.delete(key);
      }
    }
  }
}
