import { roomMessage, type StoredMessages, subjectToken } from '@polyroom/contracts';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type Msg, nanos } from '@nats-io/transport-node';
import { type Bus, LogAppends, openStream } from '@polyroom/bus';
import { type SpanDescription, traceCall } from '@polyroom/observability';

export interface LogStoreOptions {
  /** Prefix: the jsStream of an AppID is `<name>-<appId>`, its subjects are `<name>.<appId>.<room>`. */
  name: string;
  /** Retention of an entry. */
  maxAgeMs: number;
  /** Retention by number of entries of one room. */
  maxEntriesPerRoom: number;
}

/** A log entry: messages that were stored together. */
export interface LogEntry {
  /** Sequence in the jsStream. */
  streamSeq: number;
  storedAtMs: number;
  stored: StoredMessages;
}

/** Start of a read. */
export type ReadFrom = { streamSeq: number } | { timeMs: number } | 'first';

/** Deadline of one request to the server. */
const answerDeadlineMs = 1000;
/** Deadline for reading the entries of a room; a busy room has thousands. */
const readDeadlineMs = 5000;
const consumerIdleMs = 5000;
/** A size of the jsStream that is older is read again. */
const sizeRefreshMs = 1000;
/** Maximum age of the size that a quota is checked against. */
const sizeMaxAgeMs = 5000;
/** A log without appends for this long has expired in part, so its last known size says nothing. */
const usageMaxAgeMs = 60_000;

/** Shared by all jsStreams of one connection. */
interface Shared {
  bus: Bus;
  appends: LogAppends;
  manager: JetStreamManager;
  options: LogStoreOptions;
}

/**
 * One jsStream per AppID, because the server reports the size of a jsStream but not of a subset of its
 * subjects. They have no `max_bytes`: the server would reserve that much storage for each of them up front.
 */
export class LogStores {
  private readonly stores = new Map<number, Promise<LogStore>>();
  private readonly opened = new Set<LogStore>();

  private constructor(private readonly shared: Shared) {}

  /** Throws if the server has no JetStream. */
  static async connect(bus: Bus, options: LogStoreOptions): Promise<LogStores> {
    const connection = bus.natsConnection;
    await jetstreamManager(connection);
    const manager = await jetstreamManager(connection, { timeout: answerDeadlineMs, checkAPI: false });
    const appends = new LogAppends(connection, bus.createInbox(), answerDeadlineMs);
    return new LogStores({ bus, appends, manager, options });
  }

  /** Throws while JetStream does not answer. */
  async ping(): Promise<void> {
    await this.shared.manager.getAccountInfo();
  }

  /** Opens the jsStream of the AppID and creates it if it is missing. */
  open(appId: number): Promise<LogStore> {
    let store = this.stores.get(appId);
    if (store === undefined) {
      store = LogStore.open(this.shared, appId);
      this.stores.set(appId, store);
      store.then(
        (opened) => this.opened.add(opened),
        () => this.stores.delete(appId),
      );
    }
    return store;
  }

  /** The used share of the quota of the AppID that is nearest to its own; 0 if none has one. */
  get fullestQuota(): number {
    return Math.max(0, ...[...this.opened].map(({ usedQuota }) => usedQuota));
  }

  /**
   * Deletes all entries of an AppID. Its jsStream stays, empty: writers find their position again, as they do after
   * all entries of a room have expired.
   */
  async purge(appId: number): Promise<void> {
    const { manager, options } = this.shared;
    const name = streamNameOf(options, appId);
    await manager.streams.purge(name).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)) {
        throw error;
      }
    });
  }
}

function streamNameOf(options: LogStoreOptions, appId: number): string {
  return `${options.name}-${appId}`;
}

/** The jsStream of an AppID's message log: conditional appends, and reads of one room's entries. */
export class LogStore {
  /** Bytes that the AppID may store, as of the last append; 0 = no quota. */
  quotaBytes = 0;
  private size = { bytes: 0, readAtMs: -Infinity };
  private sizeReading: Promise<void> | undefined;

  private constructor(
    private readonly shared: Shared,
    private readonly appId: number,
    private readonly streamName: string,
    /** Unique to this jsStream: a recreated one is a different log. */
    readonly logId: string,
  ) {}

  static async open(shared: Shared, appId: number): Promise<LogStore> {
    const { bus, manager, options } = shared;
    const name = streamNameOf(options, appId);
    const subjects = `${options.name}.${appId}.*`;
    const info = await openStream(manager, {
      name,
      subjects: [subjects],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(options.maxAgeMs),
      max_msgs_per_subject: options.maxEntriesPerRoom,
      // Reads a room position, at every first login, without the JetStream API and its audit advisories.
      allow_direct: true,
      // The server stores and republishes in one step: no process crash can fall between the two.
      republish: { src: subjects, dest: `${roomMessage.name}.${appId}.{{wildcard(1)}}` },
      num_replicas: bus.streamReplicas,
    });
    return new LogStore(shared, appId, name, Date.parse(info.created).toString(36));
  }

  subjectOf(roomId: string): string {
    return `${this.shared.options.name}.${this.appId}.${subjectToken(roomId)}`;
  }

  /** The entry's sequence; undefined if the room's last entry is not at `lastStreamSeq` (0: none). */
  async append(subject: string, stored: StoredMessages, lastStreamSeq: number): Promise<number | undefined> {
    const entry = JSON.stringify(stored);
    const streamSeq = await traceCall(
      () => this.describeCall('send', stored.messages.length),
      () => this.shared.appends.append(subject, entry, lastStreamSeq),
    );
    if (streamSeq !== undefined) {
      this.size.bytes += Buffer.byteLength(entry);
    }
    return streamSeq;
  }

  /**
   * Bytes of all entries: as the server reported within the last seconds, plus appends of this process since. Messages
   * that are a second apart do not wait for the next report. Throws if the server does not report in time.
   */
  async readSize(): Promise<number> {
    const ageMs = performance.now() - this.size.readAtMs;
    if (ageMs > sizeRefreshMs) {
      this.sizeReading ??= this.refreshSize().finally(() => (this.sizeReading = undefined));
      if (ageMs > sizeMaxAgeMs) {
        await this.sizeReading;
      } else {
        // Until it succeeds, the size gets older.
        this.sizeReading.catch(() => undefined);
      }
    }
    return this.size.bytes;
  }

  /** The used share of the quota, by the appends of this process; 0 without recent ones or a quota. */
  get usedQuota(): number {
    const { bytes, readAtMs } = this.size;
    return this.quotaBytes > 0 && performance.now() - readAtMs < usageMaxAgeMs ? bytes / this.quotaBytes : 0;
  }

  private async refreshSize(): Promise<void> {
    const readAtMs = performance.now();
    const { state } = await this.shared.manager.streams.info(this.streamName);
    this.size = { bytes: state.bytes, readAtMs };
  }

  /** Of a span. The subject names the room. */
  private describeCall(operation: 'send' | 'receive', messages?: number): SpanDescription {
    const template = `${this.shared.options.name}.{appId}.{room}`;
    return {
      name: `${operation} ${template}`,
      kind: operation === 'send' ? 'producer' : 'client',
      attributes: {
        'messaging.system.name': 'nats',
        'messaging.operation.name': operation,
        'messaging.operation.type': operation,
        'messaging.destination.template': template,
        ...(messages === undefined ? {} : { 'messaging.batch.message_count': messages }),
        'polyroom.app_id': this.appId,
      },
    };
  }

  findLast(subject: string): Promise<LogEntry | undefined> {
    return traceCall(
      () => this.describeCall('receive'),
      () => this.readLast(subject),
    );
  }

  private async readLast(subject: string): Promise<LogEntry | undefined> {
    const { bus, manager } = this.shared;
    const query = { last_by_subj: subject };
    // Any replica answers a direct read, also one that lags behind what is acknowledged; the leader answers the other.
    const found =
      bus.streamReplicas === 1
        ? await manager.direct.getMessage(this.streamName, query)
        : await manager.streams.getMessage(this.streamName, query);
    return found === null
      ? undefined
      : { streamSeq: found.seq, storedAtMs: found.time.getTime(), stored: found.json<StoredMessages>() };
  }

  /**
   * Reads all entries of a room from that position on, oldest first. Waits for the entry `last`, which the replica that
   * serves the read may not have yet.
   */
  read(subject: string, from: ReadFrom, last?: LogEntry): Promise<LogEntry[]> {
    return traceCall(
      () => this.describeCall('receive'),
      () => this.readAll(subject, from, last),
    );
  }

  private async readAll(subject: string, from: ReadFrom, last?: LogEntry): Promise<LogEntry[]> {
    const { bus, manager } = this.shared;
    const awaited = bus.streamReplicas === 1 ? undefined : last;
    const lastStreamSeq = awaited?.streamSeq ?? 0;
    const inbox = bus.createInbox();
    const entries: LogEntry[] = [];
    let finish: (() => void) | undefined;
    let fail: ((error: Error) => void) | undefined;
    const finished = new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    const subscription = bus.natsConnection.subscribe(inbox, {
      callback: (error, message) => {
        const place = error === null ? placeOf(message) : undefined;
        if (place === undefined) {
          return;
        }
        entries.push({ ...place, stored: message.json<StoredMessages>() });
        if (place.pending === 0 && place.streamSeq >= lastStreamSeq) {
          finish?.();
        }
      },
    });
    const timer = setTimeout(() => fail?.(new Error('reading the log timed out')), readDeadlineMs);
    try {
      const info = await manager.consumers.add(this.streamName, {
        ...startOf(awaited === undefined ? from : notAfter(awaited, from)),
        deliver_subject: inbox,
        filter_subject: subject,
        ack_policy: AckPolicy.None,
        replay_policy: ReplayPolicy.Instant,
        inactive_threshold: nanos(consumerIdleMs),
        mem_storage: true,
      });
      if (info.num_pending + info.delivered.consumer_seq > 0 || lastStreamSeq > 0) {
        await finished;
      }
      // It would expire when idle; deleting it keeps consumers from piling up on the server.
      void manager.consumers.delete(this.streamName, info.name).catch(() => {});
      return entries;
    } finally {
      clearTimeout(timer);
      finished.catch(() => {});
      subscription.unsubscribe();
    }
  }
}

/** By the clock of the server that stored it, a late entry may precede the time to read from. */
function notAfter({ storedAtMs }: LogEntry, from: ReadFrom): ReadFrom {
  return typeof from === 'object' && 'timeMs' in from ? { timeMs: Math.min(from.timeMs, storedAtMs) } : from;
}

function startOf(from: ReadFrom): Partial<ConsumerConfig> {
  if (from === 'first') {
    return { deliver_policy: DeliverPolicy.All };
  }
  return 'streamSeq' in from
    ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.streamSeq }
    : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from.timeMs).toISOString() };
}

/** `$JS.ACK.[domain.account.]jsStream.jsConsumer.deliveries.streamSeq.consumerSeq.time.pending[.random]` */
function placeOf(message: Msg): { streamSeq: number; storedAtMs: number; pending: number } | undefined {
  const tokens = message.reply?.split('.') ?? [];
  const head = tokens.length > 9 ? 4 : 2;
  return tokens.length < 9
    ? undefined
    : {
        streamSeq: Number(tokens[head + 3]),
        storedAtMs: Number(tokens[head + 5]) / 1e6,
        pending: Number(tokens[head + 6]),
      };
}
