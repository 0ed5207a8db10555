/** What was held up on its way comes at once: so many seconds' worth is no offence. */
const burstSeconds = 3;

/** Whether messages come faster than they may, told from how many have come in all. */
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

  /** @param received all messages since the beginning. */
  isExceededBy(received: number, nowMs: number): boolean {
    const earned = ((nowMs - this.#atMs) / 1000) * this.perSecond;
    const spent = received - this.#received;
    this.#credit = Math.min(this.perSecond * burstSeconds, this.#credit + earned) - spent;
    this.#atMs = nowMs;
    this.#received = received;
    return this.#credit < 0;
  }
}
