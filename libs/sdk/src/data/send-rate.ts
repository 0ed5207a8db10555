/**
 * Limits the sender's rate. The servers close a stream that exceeds the rate and tolerate a burst of three
 * seconds; the client's burst is one second, so that messages delayed in the network never exceed the
 * servers' limit.
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

  /** Whether one more message may be sent now; if so, it is counted. */
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
