import { type ClientMethod, readCosts, socketLimits } from '@polyroom/contracts';

const { readsPerSecond, readBurst, maxReadWaitMs } = socketLimits;

/**
 * Limits the reads of one session by their cost. A session has a burst for the start and for a reconnect; beyond it
 * reads wait for their share, and are refused where the wait is too long.
 */
export class ReadBudget {
  /** When everything read so far has been paid for. */
  private paidAtMs = 0;

  /** How long the read waits, in ms; undefined if it is refused. 0 for methods that are no reads. */
  take(method: ClientMethod, nowMs: number = Date.now()): number | undefined {
    const cost = readCosts[method];
    if (cost === undefined) {
      return 0;
    }
    const burstMs = (readBurst / readsPerSecond) * 1000;
    const paidAtMs = Math.max(this.paidAtMs, nowMs - burstMs) + (cost / readsPerSecond) * 1000;
    const waitMs = Math.max(0, paidAtMs - nowMs);
    if (waitMs > maxReadWaitMs) {
      return undefined;
    }
    this.paidAtMs = paidAtMs;
    return waitMs;
  }
}
