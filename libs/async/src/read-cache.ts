import { LRUCache } from 'lru-cache';

export interface ReadCacheOptions<K, V> {
  read: (key: K) => Promise<V>;
  /** How long a value is used, from the start of its read. */
  ttlMs: number;
  /** Whether a value is kept; by default all are. */
  keeps?: (value: V) => boolean;
  /** Beyond that, the keys that were not used for longest are dropped. */
  maxKeys?: number;
  /** Milliseconds of a monotonic clock. */
  clock?: { now(): number };
}

const defaultMaxKeys = 1000;

/**
 * Keeps values that are expensive to read for a short time. Callers that ask for the same key at the same time share
 * one read. A failed read reaches all of them and is not kept.
 */
export class ReadCache<K extends string | number, V> {
  private readonly values: LRUCache<K, Promise<V>>;

  constructor(private readonly options: ReadCacheOptions<K, V>) {
    const { ttlMs: ttl, maxKeys: max = defaultMaxKeys, clock = performance } = options;
    // A resolution of 0 reads the clock instead of arming a timer.
    this.values = new LRUCache({ max, ttl, ttlResolution: 0, perf: clock });
  }

  get(key: K): Promise<V> {
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

  private forget(key: K, value: Promise<V>): void {
    if (this.values.peek(key) === value) {
      this.values.delete(key);
    }
  }
}
