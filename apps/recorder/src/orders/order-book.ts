import { type Bus, KeyValueBucket, type KeyValueEntry, type KeyValueWatch } from '@polyroom/bus';
import { AppError, instanceIdSchema, recorderRpc, recordingIdSchema } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { z } from 'zod';

/** A stored recording order. Not strict: a later version may store more fields. */
export const orderSchema = z.object({
  recordingId: recordingIdSchema,
  target: recorderRpc.beginRecording.request,
  createdAtMs: z.number().int(),
  /** The instance that carries out the order. */
  ownerId: instanceIdSchema,
  /** An end was requested: its owner, or the next one, completes the files and deletes the order. */
  ending: z.boolean().optional(),
});
export type StoredOrder = z.infer<typeof orderSchema>;
export type OrderEntry = KeyValueEntry<StoredOrder>;

type Bucket = KeyValueBucket<typeof orderSchema>;

/** A deleted entry stays until the watch reports its deletion: older reports may still arrive. */
interface Known {
  revision: number;
  entry?: OrderEntry;
}

const catchUpMs = 2000;

/** The orders of the cluster: the bucket that stores them, and a copy of it that a watch keeps up to date. */
export class OrderBook {
  private readonly known = new Map<string, Known>();
  private watch: KeyValueWatch<StoredOrder> | undefined;

  private constructor(
    private readonly bucket: Bucket,
    private readonly logger: Logger,
  ) {}

  static async open(bus: Bus, logger: Logger): Promise<OrderBook> {
    return new OrderBook(
      await KeyValueBucket.open(bus, { name: 'recording-orders', schema: orderSchema }),
      logger,
    );
  }

  /** `onChange` is called after the copy changed: with the entry, or with undefined if it was deleted. */
  follow(onChange: (key: string, entry: OrderEntry | undefined) => void): void {
    this.watch = this.bucket.watch({
      onSnapshot: (entries, revision) => {
        const stored = new Set(entries.map(({ key }) => key));
        const gone = [...this.known].filter(([key, known]) => !stored.has(key) && known.revision <= revision);
        gone.forEach(([key]) => this.known.delete(key));
        entries.forEach((entry) => this.learn(entry));
        gone.forEach(([key]) => onChange(key, undefined));
        entries.forEach(({ key }) => onChange(key, this.find(key)));
      },
      onChange: (entry) => {
        this.learn(entry);
        onChange(entry.key, this.find(entry.key));
      },
      onDelete: (key, revision) => {
        if ((this.known.get(key)?.revision ?? 0) < revision) {
          this.known.delete(key);
          onChange(key, undefined);
        }
      },
      onFailure: (error) => this.logger.warn({ err: error }, 'recording orders cannot be read'),
    });
  }

  /** Idempotent. */
  close(): void {
    this.watch?.close();
  }

  /** Throws until every order is known. */
  async assertRead(): Promise<void> {
    if (this.watch?.revision === undefined) {
      throw new Error('the recording orders are not read yet');
    }
  }

  get keys(): string[] {
    return [...this.known.keys()];
  }

  /** Reads the copy. */
  find(key: string): OrderEntry | undefined {
    return this.known.get(key)?.entry;
  }

  /** Reads the bucket. */
  read(key: string): Promise<OrderEntry | undefined> {
    return this.bucket.get(key);
  }

  /** Lists every order stored before the call. */
  async list(appId: number): Promise<StoredOrder[]> {
    return (await this.listEntries(appId)).map(({ value }) => value);
  }

  /** The same, with their revisions. */
  async listEntries(appId: number): Promise<OrderEntry[]> {
    await this.watch?.catchUp(catchUpMs).catch((error: unknown) => {
      throw new AppError('BUS_UNAVAILABLE', { cause: error });
    });
    return [...this.known.values()].flatMap(({ entry }) =>
      entry?.value.target.appId === appId ? entry : [],
    );
  }

  /** Returns undefined if the key exists. */
  async create(key: string, value: StoredOrder): Promise<OrderEntry | undefined> {
    return this.written(key, value, await this.bucket.create(key, value));
  }

  /** Returns undefined if the order has changed since. */
  async update(
    { key, value, revision }: OrderEntry,
    change: Partial<Pick<StoredOrder, 'ownerId' | 'ending'>>,
  ): Promise<OrderEntry | undefined> {
    const changed = { ...value, ...change };
    return this.written(key, changed, await this.bucket.update(key, changed, revision));
  }

  /** Has no effect if the order has changed since. */
  async delete({ key, revision }: OrderEntry): Promise<void> {
    if ((await this.bucket.delete(key, revision)) && this.known.get(key)?.revision === revision) {
      this.known.set(key, { revision });
    }
  }

  private written(key: string, value: StoredOrder, revision: number | undefined): OrderEntry | undefined {
    if (revision === undefined) {
      return undefined;
    }
    const entry = { key, value, revision };
    this.learn(entry);
    return entry;
  }

  private learn(entry: OrderEntry): void {
    const { key, revision } = entry;
    if ((this.known.get(key)?.revision ?? 0) < revision) {
      this.known.set(key, { revision, entry });
    }
  }
}
