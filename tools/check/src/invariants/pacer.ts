import { setTimeout as sleep } from 'node:timers/promises';

const burstSeconds = 0.2;
const waitMs = 10;

/** Lets so many operations a second pass, in all. */
export class Pacer {
  private tokens = 0;
  private filledAtMs = performance.now();

  constructor(public ratePerSecond: number) {}

  /** Waits until operations that are already done fit the rate. */
  async take(count: number): Promise<void> {
    for (;;) {
      const nowMs = performance.now();
      const refill = ((nowMs - this.filledAtMs) / 1000) * this.ratePerSecond;
      this.tokens = Math.min(Math.max(1, this.ratePerSecond * burstSeconds), this.tokens + refill);
      this.filledAtMs = nowMs;
      if (this.tokens >= 1) {
        this.tokens -= Math.max(1, count);
        return;
      }
      await sleep(waitMs);
    }
  }
}
