/** ZEGO's interval for the count of large rooms. */
export const countEveryMs = 30_000;

/**
 * Reports the number of members of a room: the first change soon, later changes batched, regardless of how
 * many members join and leave.
 */
export class MemberCount {
  private timer: NodeJS.Timeout | undefined;
  private count: number | undefined;
  private reported: number | undefined;

  constructor(
    private readonly tell: (count: number) => void,
    private readonly everyMs = countEveryMs,
  ) {}

  set(count: number): void {
    this.count = count;
    if (this.timer === undefined && this.count !== this.reported) {
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
    this.reported = this.count;
    this.tell(this.count!);
  }
}
