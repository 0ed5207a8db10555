/**
 * Calls back when items are due, at a resolution of one second and with one timer. Adding, moving and removing an
 * item take constant time. Without items there is no timer.
 */
export class SecondWheel<T> {
  private readonly itemsBySecond = new Map<number, Set<T>>();
  private readonly secondByItem = new Map<T, number>();
  /** The last second that has been processed. */
  private doneSecond = 0;
  private timer: NodeJS.Timeout | undefined;

  /** `onDue` receives all items of one second; they are no longer in the wheel. */
  constructor(
    private readonly onDue: (items: Set<T>) => void,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.secondByItem.size;
  }

  /** Sets or changes when the item is due: at the first full second that is not before `atMs`. */
  set(item: T, atMs: number): void {
    this.remove(item);
    if (this.timer === undefined) {
      this.doneSecond = Math.floor(this.now() / 1000);
      this.schedule();
    }
    const second = Math.max(Math.ceil(atMs / 1000), this.doneSecond + 1);
    const items = this.itemsBySecond.get(second) ?? new Set();
    this.itemsBySecond.set(second, items.add(item));
    this.secondByItem.set(item, second);
  }

  /** Idempotent. */
  remove(item: T): void {
    const second = this.secondByItem.get(item);
    if (second === undefined) {
      return;
    }
    this.secondByItem.delete(item);
    const items = this.itemsBySecond.get(second)!;
    items.delete(item);
    if (items.size === 0) {
      this.itemsBySecond.delete(second);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.itemsBySecond.clear();
    this.secondByItem.clear();
  }

  private schedule(): void {
    this.timer = setTimeout(() => this.tick(), 1000 - (this.now() % 1000));
  }

  private tick(): void {
    const nowSecond = Math.floor(this.now() / 1000);
    while (this.doneSecond < nowSecond) {
      // Incremented first, so that items added by `onDue` get a later second.
      this.doneSecond += 1;
      const items = this.itemsBySecond.get(this.doneSecond);
      if (items !== undefined) {
        this.itemsBySecond.delete(this.doneSecond);
        items.forEach((item) => this.secondByItem.delete(item));
        this.onDue(items);
      }
    }
    this.timer = undefined;
    if (this.secondByItem.size > 0) {
      this.schedule();
    }
  }
}
