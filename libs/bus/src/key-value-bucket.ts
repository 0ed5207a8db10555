import { AppError } from '@polyroom/contracts';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import {
  ClosedConnectionError,
  DrainingConnectionError,
  PermissionViolationError,
  RequestError,
} from '@nats-io/transport-node';
import { type z } from 'zod';
import { type Bus } from './bus.js';
import { type KeyValueEntry, type KeyValueListener, KeyValueWatch } from './key-value-watch.js';
import { createTogether } from './open-stream.js';

export interface KeyValueOptions<V extends z.ZodType> {
  /** Name of the bucket: letters, digits, `-` and `_`. Its stream on the server is `KV_<name>`. */
  name: string;
  /** Validates values when they are read. */
  schema: V;
  /** Lifetime of a deletion's marker; must exceed the lag of any watch. */
  markerLifeMs?: number;
}

/** Deadline of one request to the server. */
const answerDeadlineMs = 2000;
const defaultMarkerLifeMs = 60_000;

/**
 * A bucket of JSON values on JetStream, where each write can depend on the version that it replaces. Reads are
 * answered by the server that takes the writes, so they never return an older version. A read throws
 * BUS_UNAVAILABLE if the server is unreachable or does not respond in time. A write throws BUS_UNAVAILABLE if
 * nothing was written, and BUS_TIMEOUT if its outcome is unknown. The bus owns and closes it.
 */
export class KeyValueBucket<V extends z.ZodType> {
  private constructor(
    private readonly bus: Bus,
    private readonly kv: KV,
    private readonly manager: JetStreamManager,
    private readonly streamName: string,
    private readonly schema: V,
    private readonly markerLifeMs: number,
  ) {}

  /** Opens the bucket and creates it if it is missing. Throws if the server has no JetStream. */
  static async open<V extends z.ZodType>(
    bus: Bus,
    { name, schema, markerLifeMs = defaultMarkerLifeMs }: KeyValueOptions<V>,
  ): Promise<KeyValueBucket<V>> {
    const connection = bus.natsConnection;
    // The first request, with the API check: without JetStream the service must not start.
    await jetstreamManager(connection);
    const manager = await jetstreamManager(connection, { timeout: answerDeadlineMs, checkAPI: false });
    const client = jetstream(connection, { timeout: answerDeadlineMs });
    // Direct reads may be served by a replica that lags behind.
    const replicas = bus.streamReplicas;
    const kv = await createTogether(() =>
      new Kvm(client).create(name, { history: 1, allow_direct: false, replicas }),
    );
    const streamName = `KV_${name}`;
    // An existing bucket keeps its settings.
    const { config } = await manager.streams.info(streamName);
    if (config.num_replicas !== replicas) {
      await manager.streams.update(streamName, { num_replicas: replicas });
    }
    return new KeyValueBucket(bus, kv, manager, streamName, schema, markerLifeMs);
  }

  /** Returns the revision; undefined if the key exists. */
  async create(key: string, value: z.input<V>): Promise<number | undefined> {
    const json = JSON.stringify(value);
    // Not `kv.create`, which reads after a write without an answer and throws the error of the read.
    const revision = await this.write(() => this.kv.put(key, json, { previousSeq: 0 }));
    if (revision !== undefined) {
      return revision;
    }
    const entry = await orUnavailable(this.kv.get(key));
    return entry === null || entry.operation === 'PUT'
      ? undefined
      : this.write(() => this.kv.put(key, json, { previousSeq: entry.revision }));
  }

  /**
   * Returns undefined if the key does not exist. Throws ROOM_INNER_ERROR if the value does not match the
   * schema.
   */
  async get(key: string): Promise<KeyValueEntry<z.output<V>> | undefined> {
    const entry = await orUnavailable(this.kv.get(key));
    return entry === null || entry.operation !== 'PUT' ? undefined : this.parse(entry);
  }

  /** Returns the new revision; undefined if `revision` is not the key's latest. */
  update(key: string, value: z.input<V>, revision: number): Promise<number | undefined> {
    return this.write(() => this.kv.update(key, JSON.stringify(value), revision));
  }

  /** Returns false if `revision` is not the key's latest. */
  async delete(key: string, revision: number): Promise<boolean> {
    const deleted = await this.write(async () => {
      await this.kv.delete(key, { previousSeq: revision });
      return revision;
    });
    if (deleted === undefined) {
      return false;
    }
    // Without this the bucket keeps one marker for every key that was ever used.
    setTimeout(() => void this.removeMarker(key), this.markerLifeMs).unref();
    return true;
  }

  /** Reports every entry, then every change, until it is closed. Starts over after the connection was lost. */
  watch(listener: KeyValueListener<z.output<V>>): KeyValueWatch<z.output<V>> {
    return new KeyValueWatch(
      {
        open: () => this.kv.watch(),
        readState: async () => (await this.manager.streams.info(this.streamName)).state,
        parse: (entry) => this.parse(entry),
        onReconnect: (handler) => this.bus.onReconnect(handler),
      },
      listener,
    );
  }

  private parse(entry: KvEntry): KeyValueEntry<z.output<V>> {
    let value: unknown;
    try {
      value = entry.json();
    } catch (error) {
      throw new AppError('ROOM_INNER_ERROR', { cause: error });
    }
    const parsed = this.schema.safeParse(value);
    if (!parsed.success) {
      throw new AppError('ROOM_INNER_ERROR', { cause: parsed.error });
    }
    return { key: entry.key, value: parsed.data, revision: entry.revision };
  }

  /** By sequence number: a recreated key keeps its value. */
  private async removeMarker(key: string): Promise<void> {
    try {
      const entry = await this.kv.get(key);
      if (entry !== null && entry.operation !== 'PUT') {
        await this.manager.streams.deleteMessage(this.streamName, entry.revision, false);
      }
    } catch {
      // The marker stays: it takes a few hundred bytes and has no effect.
    }
  }

  private async write(work: () => Promise<number>): Promise<number | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isOtherRevision(error)) {
        return undefined;
      }
      throw new AppError(isRefusal(error) ? 'BUS_UNAVAILABLE' : 'BUS_TIMEOUT', { cause: error });
    }
  }
}

/** Whether the write was not sent, or the server has refused it. */
function isRefusal(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: unknown };
  return (
    error instanceof JetStreamApiError ||
    error instanceof ClosedConnectionError ||
    error instanceof DrainingConnectionError ||
    cause instanceof PermissionViolationError ||
    (cause instanceof RequestError && cause.isNoResponders())
  );
}

function isOtherRevision(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
      error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)
  );
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new AppError('BUS_UNAVAILABLE', { cause: error });
  }
}
