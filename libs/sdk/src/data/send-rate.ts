/**
 * Holds a sender to its rate. The servers stop who sends too fast and forgive three seconds' worth that comes
 * at once; here it is one second's, so that what is held up on its way is never taken for haste.
 */
export class SendRate {
  private credit: number;
  private atMs: number;

  constructor(
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.credit = perSecond;
    this.atMs = nowMs;
  }

  /** Whether one more may go now; it counts as gone where it may. */
  take(nowMs: number): boolean {
    const earned = ((nowMs - this.atMs) / 1000) * this.perSecond;
    this.credit = Math.min(this.perSecond, this.credit + earned);
    this.atMs = nowMs;
    if (this.credit < 1) {
      return false;
    }
    this.credit -= 1;
    return true;
  }
}
