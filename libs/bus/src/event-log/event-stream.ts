import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { openStream } from '../open-stream.js';
import { type LoggedEvents, streamNameOf, subjectsOf } from './logged-events.js';

export interface EventStreamLimits {
  maxAgeMs: number;
  maxBytes: number;
}

interface FoundEntry {
  seq: number;
  bytes: number;
  entry: LoggedEvents;
}

/** How much may be appended, in bytes, before the size is read again. */
const sizeReadEveryBytes = 1024 * 1024;
/** Share of the entries that a full log keeps. */
const keptShare = 0.9;

/** The jsStream of one AppID's event log. */
export class EventStream {
  private appendedBytes = sizeReadEveryBytes;
  private trimming: Promise<void> | undefined;

  private constructor(
    private readonly manager: JetStreamManager,
    private readonly name: string,
    /** Unique to this jsStream: a recreated one is a different log. */
    readonly logId: string,
    private readonly limits: EventStreamLimits | undefined,
  ) {}

  /** Opens the log, creates it if it is missing, and applies its limits. */
  static async open(
    manager: JetStreamManager,
    appId: number,
    limits: EventStreamLimits,
    replicas: number,
  ): Promise<EventStream> {
    const name = streamNameOf(appId);
    // No `max_bytes`: the server would reserve it for each AppID up front.
    const info = await openStream(manager, {
      name,
      subjects: [subjectsOf(appId)],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(limits.maxAgeMs),
      allow_direct: true,
      num_replicas: replicas,
    });
    return new EventStream(manager, name, logIdOf(info.created), limits);
  }

  /** Undefined if there is no log. */
  static async find(manager: JetStreamManager, appId: number): Promise<EventStream | undefined> {
    const name = streamNameOf(appId);
    try {
      const info = await manager.streams.info(name);
      return new EventStream(manager, name, logIdOf(info.created), undefined);
    } catch (error) {
      if (isNoStream(error)) {
        return undefined;
      }
      throw error;
    }
  }

  static async delete(manager: JetStreamManager, appId: number): Promise<void> {
    await manager.streams.delete(streamNameOf(appId)).catch((error: unknown) => {
      if (!isNoStream(error)) {
        throw error;
      }
    });
  }

  hasLimits(limits: EventStreamLimits): boolean {
    return this.limits?.maxAgeMs === limits.maxAgeMs && this.limits.maxBytes === limits.maxBytes;
  }

  /** Counts an entry; a log that has reached its size loses its oldest tenth. */
  appended(entry: LoggedEvents): void {
    this.appendedBytes += JSON.stringify(entry).length;
    if (this.appendedBytes >= sizeReadEveryBytes && this.trimming === undefined) {
      this.trimming = this.trim()
        // The next megabyte tries again.
        .catch(() => undefined)
        .finally(() => (this.trimming = undefined));
    }
  }

  async last(subject: string): Promise<FoundEntry | undefined> {
    return toFound(await this.manager.direct.getMessage(this.name, { last_by_subj: subject }));
  }

  /** The first entry from this sequence on. */
  async next(subject: string, seq: number): Promise<FoundEntry | undefined> {
    return toFound(await this.manager.direct.getMessage(this.name, { seq, next_by_subj: subject }));
  }

  async get(seq: number): Promise<FoundEntry | undefined> {
    return toFound(await this.manager.direct.getMessage(this.name, { seq }));
  }

  async readBounds(): Promise<{ firstSeq: number; lastSeq: number }> {
    const { state } = await this.manager.streams.info(this.name);
    return { firstSeq: state.first_seq, lastSeq: state.last_seq };
  }

  /** Sequence of the last entry that was stored before this time, or the one before the first. */
  async findSeqBefore(atMs: number): Promise<number> {
    let { firstSeq: low, lastSeq: high } = await this.readBounds();
    high += 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await this.manager.direct.getMessage(this.name, { seq: middle });
      // Missing: it has expired since.
      if (found === null || found.time.getTime() < atMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private async trim(): Promise<void> {
    const { state } = await this.manager.streams.info(this.name);
    this.appendedBytes = 0;
    if (this.limits !== undefined && state.bytes > this.limits.maxBytes) {
      const share = Math.min(keptShare, (keptShare * this.limits.maxBytes) / state.bytes);
      await this.manager.streams.purge(this.name, { keep: Math.max(1, Math.floor(state.messages * share)) });
    }
  }
}

export function isNoStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

function logIdOf(created: string): string {
  return Date.parse(created).toString(36);
}

function toFound(message: StoredMsg | null): FoundEntry | undefined {
  return message === null
    ? undefined
    : { seq: message.seq, bytes: message.data.length, entry: message.json<LoggedEvents>() };
}
