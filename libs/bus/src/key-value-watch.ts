import { type KvEntry, type KvWatchEntry } from '@nats-io/kv';
import { type QueuedIterator } from '@nats-io/transport-node';
import { PeriodicWork } from '@polyroom/async';

export interface KeyValueEntry<V> {
  key: string;
  value: V;
  /** Sequence number of this write among all writes to the bucket. */
  revision: number;
}

export interface KeyValueListener<V> {
  /** All entries as of a revision. Called first, and again after the connection was lost. */
  onSnapshot(entries: KeyValueEntry<V>[], revision: number): void;
  onChange(entry: KeyValueEntry<V>): void;
  onDelete(key: string, revision: number): void;
  /** A value does not match the schema, or a watch ended and is restarted. */
  onFailure(error: unknown): void;
}

interface Source<V> {
  open(): Promise<QueuedIterator<KvWatchEntry>>;
  /** The latest revision, and the number of entries and markers. */
  readState(): Promise<{ last_seq: number; messages: number }>;
  parse(entry: KvEntry): KeyValueEntry<V>;
  onReconnect(handler: () => void): void;
}

const retryAfterMs = 500;
const snapshotDeadlineMs = 5000;

/** A watch over a bucket. Each run begins with a snapshot, so that missed changes are made up for. */
export class KeyValueWatch<V> {
  private closed = false;
  private current: QueuedIterator<KvWatchEntry> | undefined;
  private seen: number | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly work: PeriodicWork;

  constructor(
    private readonly source: Source<V>,
    private readonly listener: KeyValueListener<V>,
  ) {
    this.work = new PeriodicWork({
      intervalMs: retryAfterMs,
      run: () => this.follow(),
      onError: (error) => {
        if (!this.closed) {
          listener.onFailure(error);
        }
      },
    });
    source.onReconnect(() => this.current?.stop());
    this.work.startNow();
  }

  /** The latest revision that the listener has received; undefined before the first snapshot. */
  get revision(): number | undefined {
    return this.seen;
  }

  /**
   * Resolves when the listener has received everything written before the call; rejects after the timeout.
   */
  async catchUp(timeoutMs: number): Promise<void> {
    const { last_seq: newest } = await this.source.readState();
    const endsAtMs = performance.now() + timeoutMs;
    while (this.seen === undefined || this.seen < newest) {
      await this.nextChange(endsAtMs - performance.now());
    }
  }

  /** Idempotent. */
  close(): void {
    this.closed = true;
    void this.work.close();
    this.current?.stop();
  }

  private async follow(): Promise<void> {
    const { last_seq: revision } = await this.source.readState();
    const entries = await this.source.open();
    this.current = entries;
    const timer = setTimeout(() => entries.stop(), snapshotDeadlineMs);
    try {
      let snapshot: KeyValueEntry<V>[] | undefined = [];
      // An empty bucket has no last entry to end the snapshot.
      if ((await this.source.readState()).messages === 0) {
        this.tellSnapshot(snapshot, revision);
        snapshot = undefined;
        clearTimeout(timer);
      }
      for await (const entry of entries) {
        if (snapshot === undefined) {
          this.tellChange(entry);
          this.see(entry.revision);
          continue;
        }
        const parsed = entry.operation === 'PUT' ? this.tryParse(entry) : undefined;
        if (parsed !== undefined) {
          snapshot.push(parsed);
        }
        if (entry.delta === 0) {
          this.tellSnapshot(snapshot, Math.max(revision, entry.revision));
          snapshot = undefined;
          clearTimeout(timer);
        }
      }
    } finally {
      clearTimeout(timer);
      entries.stop();
    }
  }

  private tellSnapshot(entries: KeyValueEntry<V>[], revision: number): void {
    this.listener.onSnapshot(entries, revision);
    this.see(revision);
  }

  private tellChange(entry: KvWatchEntry): void {
    if (entry.operation !== 'PUT') {
      this.listener.onDelete(entry.key, entry.revision);
      return;
    }
    const parsed = this.tryParse(entry);
    if (parsed !== undefined) {
      this.listener.onChange(parsed);
    }
  }

  private tryParse(entry: KvWatchEntry): KeyValueEntry<V> | undefined {
    try {
      return this.source.parse(entry);
    } catch (error) {
      this.listener.onFailure(error);
      return undefined;
    }
  }

  private see(revision: number): void {
    this.seen = Math.max(this.seen ?? 0, revision);
    [...this.waiting].forEach((wake) => wake());
  }

  private nextChange(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(wake);
        reject(new Error('the watch over the bucket is behind'));
      }, timeoutMs);
      this.waiting.add(wake);
    });
  }
}
