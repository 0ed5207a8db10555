/**
 * Tokens that refill with time up to a capacity. Hand-written because it is on the path of each message:
 * `rate-limiter-flexible` answers with a promise, and `limiter` reads a clock of its own for each token.
 */
export class TokenBucket {
  private tokens: number;

  constructor(
    private perSecond: number,
    private capacity: number,
    private refilledAtMs: number,
  ) {
    this.tokens = capacity;
  }

  /** Takes tokens if there is one; false if none is left. What is missing, the next ones make up for. */
  take(nowMs: number, count = 1): boolean {
    this.refill(nowMs);
    if (this.tokens < 1) {
      return false;
    }
    this.tokens -= count;
    return true;
  }

  /** Takes tokens for what happened already; false if there were fewer, which the next ones make up for. */
  spend(count: number, nowMs: number): boolean {
    this.refill(nowMs);
    this.tokens -= count;
    return this.tokens >= 0;
  }

  /** From the last refill on, tokens are earned at this rate. */
  setRate(perSecond: number, capacity: number): void {
    this.perSecond = perSecond;
    this.capacity = capacity;
  }

  /** Whether it is as good as a new one. */
  isFull(nowMs: number): boolean {
    this.refill(nowMs);
    return this.tokens >= this.capacity;
  }

  private refill(nowMs: number): void {
    const earned = ((nowMs - this.refilledAtMs) / 1000) * this.perSecond;
    this.tokens = Math.min(this.capacity, this.tokens + earned);
    this.refilledAtMs = nowMs;
  }
}
