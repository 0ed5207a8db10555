/** ZEGO tells the count of large rooms this often; nobody reads them one by one. */
export const countEveryMs = 30_000;

/**
 * How many are in a room. The first change is told soon, what follows together after a while, however
 * many come and go.
 */
export class MemberCount {
  private timer: NodeJS.Timeout | undefined;
  private count: number | undefined;
  private told: number | undefined;

  constructor(
    private readonly tell: (count: number) => void,
    private readonly everyMs = countEveryMs,
  ) {}

  set(count: number): void {
    this.count = count;
    if (this.timer === undefined && this.count !== this.told) {
      this.tellNow();
      this.timer = setTimeout(() => this.handleTimer(), this.everyMs);
      this.timer.unref();
    }
  }

  /** Idempotent. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private handleTimer(): void {
    this.timer = undefined;
    if (this.count !== undefined) {
      this.set(this.count);
    }
  }

  private tellNow(): void {
    this.told = this.count;
    this.tell(this.count!);
  }
}
