import { LRUCache } from 'lru-cache';

export interface ReadCacheOptions<K, V> {
  read: (key: K) => Promise<V>;
  /** How long a value is used, from the start of its read. */
  ttlMs: number;
  /**
   * For this long after a key was used, its value is read again before it expires, so that a caller now and then does
   * not wait for a read; by default never.
   */
  refreshForMs?: number;
  /** Whether a value is kept; by default all are. */
  keeps?: (value: V) => boolean;
  /** Beyond that, the keys that were not used for longest are dropped. */
  maxKeys?: number;
  /** Milliseconds of a monotonic clock. */
  clock?: { now(): number };
}

const defaultMaxKeys = 1000;
/** Checks within the lifetime of a value. A value is read again in the second half of it. */
const checksPerTtl = 4;

/**
 * Keeps values that are expensive to read for a short time. Callers that ask for the same key at the same time share
 * one read. A failed read reaches all of them and is not kept.
 */
export class ReadCache<K extends string | number, V> {
  private readonly values: LRUCache<K, Promise<V>>;
  private readonly clock: { now(): number };
  private readonly usedAtMs = new Map<K, number>();
  private readonly refreshing = new Set<K>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ReadCacheOptions<K, V>) {
    const { ttlMs: ttl, maxKeys: max = defaultMaxKeys, clock = performance } = options;
    this.clock = clock;
    // A resolution of 0 reads the clock instead of arming a timer.
    this.values = new LRUCache({ max, ttl, ttlResolution: 0, perf: clock });
  }

  get(key: K): Promise<V> {
    if (this.options.refreshForMs !== undefined) {
      this.usedAtMs.set(key, this.clock.now());
      this.watch();
    }
    const known = this.values.get(key);
    if (known !== undefined) {
      return known;
    }
    const { read, keeps } = this.options;
    const value = read(key);
    this.values.set(key, value);
    value.then(
      (result) => {
        if (keeps?.(result) === false) {
          this.forget(key, value);
        }
      },
      () => this.forget(key, value),
    );
    return value;
  }

  /** The value has changed: the next call reads it, also while a read is in progress. */
  delete(key: K): void {
    this.values.delete(key);
  }

  /** All values may have changed. */
  clear(): void {
    this.values.clear();
  }

  /** Runs only while keys are used. */
  private watch(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.refreshUsed();
      if (this.usedAtMs.size > 0) {
        this.watch();
      }
    }, this.options.ttlMs / checksPerTtl).unref();
  }

  private refreshUsed(): void {
    const { refreshForMs = 0, ttlMs } = this.options;
    const nowMs = this.clock.now();
    for (const [key, usedAtMs] of this.usedAtMs) {
      const value = this.values.peek(key);
      if (value === undefined || nowMs - usedAtMs > refreshForMs) {
        this.usedAtMs.delete(key);
      } else if (this.values.getRemainingTTL(key) <= ttlMs / 2 && !this.refreshing.has(key)) {
        this.refreshing.add(key);
        void this.refresh(key, value, nowMs).finally(() => this.refreshing.delete(key));
      }
    }
  }

  /** After a failure, the next caller after the value has expired reads it. Never rejects. */
  private async refresh(key: K, value: Promise<V>, startMs: number): Promise<void> {
    const { keeps, read } = this.options;
    try {
      const result = await read(key);
      // Otherwise it has changed, or expired, meanwhile.
      if (this.values.peek(key) === value && keeps?.(result) !== false) {
        this.values.set(key, Promise.resolve(result), { start: startMs });
      }
    } catch {
      // The value is used until it expires.
    }
  }

  private forget(key: K, value: Promise<V>): void {
    if (this.values.peek(key) === value) {
      this.values.delete(key);
    }
  }
}
