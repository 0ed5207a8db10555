export interface SequenceBufferOptions<T> {
  deliver: (item: T, seq: number) => void;
  /** Numbers that never arrived: `from`..`to`, inclusive. */
  onGap: (from: number, to: number) => void;
  /** How long to wait for a missing number. */
  holdMs: number;
}

/** Beyond this number of held items the missing one is given up at once. */
const maxHeldItems = 1000;

/** Puts numbered items in order, drops duplicates, and gives up missing ones after a while. */
export class SequenceBuffer<T> {
  private last: number | undefined;
  private readonly held = new Map<number, T>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SequenceBufferOptions<T>) {}

  /** Everything up to `last` is known. Drops held items that it covers. */
  start(last: number): void {
    this.last = last;
    for (const seq of this.held.keys()) {
      if (seq <= last) {
        this.held.delete(seq);
      }
    }
    this.drain();
  }

  push(seq: number, item: T): void {
    if (this.last !== undefined && seq <= this.last) {
      return;
    }
    this.held.set(seq, item);
    this.drain();
  }

  /** Resets to the initial state. */
  reset(): void {
    this.last = undefined;
    this.held.clear();
    this.disarm();
  }

  close(): void {
    this.reset();
  }

  private drain(): void {
    while (this.last !== undefined && this.held.size > 0) {
      const next = this.last + 1;
      const item = this.held.get(next);
      if (item === undefined) {
        if (this.held.size > maxHeldItems) {
          this.skip();
          continue;
        }
        this.arm(this.options.holdMs);
        return;
      }
      this.held.delete(next);
      this.last = next;
      this.options.deliver(item, next);
    }
    this.disarm();
  }

  private skip(): void {
    const next = Math.min(...this.held.keys());
    if (this.last !== undefined) {
      this.options.onGap(this.last + 1, next - 1);
    }
    this.last = next - 1;
  }

  private arm(delayMs: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.held.size > 0) {
        this.skip();
        this.drain();
      }
    }, delayMs);
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
