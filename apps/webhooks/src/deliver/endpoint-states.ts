import { type Bus, KeyValueBucket, type KeyValueEntry, type KeyValueWatch } from '@polyroom/bus';
import { type Logger } from '@polyroom/observability';
import { type EndpointState, endpointStateSchema } from './endpoint-state.js';

export type StateEntry = KeyValueEntry<EndpointState>;

/** The state of every endpoint: the bucket that stores it, and a copy that a watch keeps up to date. */
export class EndpointStates {
  private readonly known = new Map<string, StateEntry>();
  private watch: KeyValueWatch<EndpointState> | undefined;

  private constructor(
    private readonly bucket: KeyValueBucket<typeof endpointStateSchema>,
    private readonly logger: Logger,
  ) {}

  static async open(bus: Bus, logger: Logger): Promise<EndpointStates> {
    const options = { name: 'webhook-state', schema: endpointStateSchema };
    return new EndpointStates(await KeyValueBucket.open(bus, options), logger);
  }

  /** `onChange` is called after the copy changed. */
  follow(onChange: (key: string) => void): void {
    this.watch = this.bucket.watch({
      onSnapshot: (entries) => {
        this.known.clear();
        entries.forEach((entry) => this.known.set(entry.key, entry));
        entries.forEach(({ key }) => onChange(key));
      },
      onChange: (entry) => {
        if ((this.known.get(entry.key)?.revision ?? 0) < entry.revision) {
          this.known.set(entry.key, entry);
        }
        onChange(entry.key);
      },
      onDelete: (key) => {
        this.known.delete(key);
        onChange(key);
      },
      onFailure: (error) => this.logger.warn({ err: error }, 'the state of endpoints cannot be read'),
    });
  }

  /** Idempotent. */
  close(): void {
    this.watch?.close();
  }

  async assertRead(): Promise<void> {
    if (this.watch?.revision === undefined) {
      throw new Error('the state of the endpoints is not read yet');
    }
  }

  get isRead(): boolean {
    return this.watch?.revision !== undefined;
  }

  get keys(): string[] {
    return [...this.known.keys()];
  }

  /** Reads the copy. */
  find(key: string): StateEntry | undefined {
    return this.known.get(key);
  }

  /** Reads the bucket. */
  read(key: string): Promise<StateEntry | undefined> {
    return this.bucket.get(key);
  }

  /** Undefined if it exists. */
  async create(key: string, value: EndpointState): Promise<StateEntry | undefined> {
    return this.written(key, value, await this.bucket.create(key, value));
  }

  /** Undefined if it has changed since. */
  async update({ key, revision }: StateEntry, value: EndpointState): Promise<StateEntry | undefined> {
    return this.written(key, value, await this.bucket.update(key, value, revision));
  }

  async delete({ key, revision }: StateEntry): Promise<void> {
    await this.bucket.delete(key, revision);
  }

  private written(key: string, value: EndpointState, revision: number | undefined): StateEntry | undefined {
    if (revision === undefined) {
      return undefined;
    }
    const entry = { key, value, revision };
    if ((this.known.get(key)?.revision ?? 0) < revision) {
      this.known.set(key, entry);
    }
    return entry;
  }
}
