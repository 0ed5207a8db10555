import { AppError } from '@polyroom/contracts';
import { isDatabaseAway } from '@polyroom/persistence';
import { LRUCache } from 'lru-cache';

export interface LastKnownOptions<K, V> {
  /** Reads from the database; undefined: there is no such key. */
  read: (key: K) => Promise<V | undefined>;
  /** How long a value is used without the database, from the start of the read that verified it. */
  maxAgeMs: number;
  /** A read without a result for this long counts as failed; up to twice as long if this process stood still. */
  timeoutMs: number;
  /** While the database is unavailable, it is asked this often for what is known. */
  retryMs: number;
  /** Called when the database becomes unavailable, or available again. */
  onChange: (isAway: boolean) => void;
}

const maxKeys = 10_000;
/** A timer that is later than this shows that the process stood still. */
const standstillMs = 50;

/**
 * Reads from the database, and uses what it has read last while the database is unavailable. A value is used only if
 * no change was announced since, and never beyond its maximum age.
 */
export class LastKnown<K extends string | number, V extends object> {
  private readonly values: LRUCache<K, { value: V; startedAtMs: number }>;
  /** Until then what is known is used without asking; undefined while the database is available. */
  private pausedUntilMs: number | undefined;
  private changes = 0;

  constructor(private readonly options: LastKnownOptions<K, V>) {
    this.values = new LRUCache({ max: maxKeys, ttl: options.maxAgeMs, ttlResolution: 0 });
  }

  /** Throws DATABASE_UNAVAILABLE if the database is, and the key is not known. */
  async get(key: K): Promise<V | undefined> {
    const startedAtMs = performance.now();
    if (this.pausedUntilMs !== undefined) {
      const known = this.values.get(key);
      if (known !== undefined && startedAtMs < this.pausedUntilMs) {
        return known.value;
      }
      // Only one caller at a time finds out whether the database is back.
      this.pausedUntilMs = startedAtMs + this.options.retryMs;
    }
    const { changes } = this;
    try {
      const value = await this.readInTime(key);
      this.setAway(false);
      if (value === undefined) {
        this.values.delete(key);
      } else if (changes === this.changes && startedAtMs >= (this.values.peek(key)?.startedAtMs ?? 0)) {
        this.values.set(key, { value, startedAtMs }, { start: startedAtMs });
      }
      return value;
    } catch (error) {
      if (!isDatabaseAway(error)) {
        throw error;
      }
      this.setAway(true);
      const known = this.values.get(key);
      if (known === undefined) {
        throw error;
      }
      return known.value;
    }
  }

  /** What was read last, without asking the database. */
  peek(key: K): V | undefined {
    return this.values.peek(key)?.value;
  }

  /** Reads the keys again, so that they are known here and of the same age. Ends early if the database fails. */
  async refresh(keys: readonly K[]): Promise<void> {
    for (const key of keys) {
      await this.get(key);
      if (this.pausedUntilMs !== undefined) {
        return;
      }
    }
  }

  /** The value has changed: what was known is not used any more. */
  delete(key: K): void {
    this.changes += 1;
    this.values.delete(key);
  }

  private async readInTime(key: K): Promise<V | undefined> {
    const { timeoutMs } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (): void => {
        const cause = new Error('database: no answer in time');
        reject(new AppError('DATABASE_UNAVAILABLE', { cause }));
      };
      const dueMs = performance.now() + timeoutMs;
      timer = setTimeout(() => {
        const lateMs = performance.now() - dueMs;
        if (lateMs < standstillMs) {
          fail();
        } else {
          // The answer of the database may be there, and not read yet.
          timer = setTimeout(fail, Math.min(lateMs, timeoutMs));
        }
      }, timeoutMs);
    });
    const reading = this.options.read(key);
    reading.catch(() => {});
    try {
      return await Promise.race([reading, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private setAway(isAway: boolean): void {
    const wasAway = this.pausedUntilMs !== undefined;
    this.pausedUntilMs = isAway ? performance.now() + this.options.retryMs : undefined;
    if (isAway !== wasAway) {
      this.options.onChange(isAway);
    }
  }
}
