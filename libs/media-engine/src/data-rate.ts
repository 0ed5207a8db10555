/** Burst allowance in seconds: messages delayed by the network arrive together. */
const burstSeconds = 3;

/** Detects a message rate above the limit from the total count of received messages. */
export class DataRate {
  #received = 0;
  #credit: number;
  #atMs: number;

  constructor(
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.#credit = perSecond * burstSeconds;
    this.#atMs = nowMs;
  }

  /** @param received total number of messages since the producer was created. */
  isExceededBy(received: number, nowMs: number): boolean {
    const earned = ((nowMs - this.#atMs) / 1000) * this.perSecond;
    const spent = received - this.#received;
    this.#credit = Math.min(this.perSecond * burstSeconds, this.#credit + earned) - spent;
    this.#atMs = nowMs;
    this.#received = received;
    return this.#credit < 0;
  }
}
