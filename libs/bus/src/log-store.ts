import { roomMessage, type StoredMessages, subjectToken } from '@polyroom/contracts';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type Msg, nanos } from '@nats-io/transport-node';
import { type Bus } from './bus.js';
import { LogAppends } from './log-appends.js';

export interface LogStoreOptions {
  /** Names what is stored: the jsStream of an AppID is `<name>-<appId>`, its subjects are `<name>.<appId>.<room>`. */
  name: string;
  /** How long an entry is kept. */
  maxAgeMs: number;
  /** How many entries of one room are kept. */
  maxEntriesPerRoom: number;
}

/** One entry: messages that were stored together. */
export interface LogEntry {
  /** Its place in the jsStream. */
  streamSeq: number;
  stored: StoredMessages;
}

/** Where reading begins. */
export type ReadFrom = { streamSeq: number } | { timeMs: number } | 'first';

/** How long one question to the server may take. */
const answerDeadlineMs = 1000;
/** How long reading a room's entries may take: thousands, where much is said. */
const readDeadlineMs = 5000;
const consumerIdleMs = 5000;
/** How old the size of a jsStream may be that a quota is compared with. */
const sizeMaxAgeMs = 1000;

/** What all jsStreams of one connection share. */
interface Shared {
  bus: Bus;
  appends: LogAppends;
  manager: JetStreamManager;
  options: LogStoreOptions;
}

/**
 * One jsStream per AppID, because the server knows the size of a jsStream and not that of some of its subjects.
 * They have no `max_bytes`: the server would reserve that much of its storage for each of them at once.
 */
export class LogStores {
  private readonly stores = new Map<number, Promise<LogStore>>();

  private constructor(private readonly shared: Shared) {}

  /** Throws where the server has no JetStream. */
  static async connect(bus: Bus, options: LogStoreOptions): Promise<LogStores> {
    const connection = bus.natsConnection;
    await jetstreamManager(connection);
    const manager = await jetstreamManager(connection, { timeout: answerDeadlineMs, checkAPI: false });
    const appends = new LogAppends(connection, bus.createInbox(), answerDeadlineMs);
    return new LogStores({ bus, appends, manager, options });
  }

  /** The AppID's jsStream, which is created where it is missing. */
  open(appId: number): Promise<LogStore> {
    let store = this.stores.get(appId);
    if (store === undefined) {
      store = LogStore.open(this.shared, appId);
      this.stores.set(appId, store);
      store.catch(() => this.stores.delete(appId));
    }
    return store;
  }
}

/** The jsStream behind the message log of an AppID: appends where nothing came between, reads one room's entries. */
export class LogStore {
  private size = { bytes: 0, readAtMs: -Infinity };
  private sizeReading: Promise<void> | undefined;

  private constructor(
    private readonly shared: Shared,
    private readonly appId: number,
    private readonly streamName: string,
    /** Names this jsStream for ever: another one made later in its place is another log. */
    readonly logId: string,
  ) {}

  static async open(shared: Shared, appId: number): Promise<LogStore> {
    const { manager, options } = shared;
    const name = `${options.name}-${appId}`;
    const subjects = `${options.name}.${appId}.*`;
    const config = {
      name,
      subjects: [subjects],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(options.maxAgeMs),
      max_msgs_per_subject: options.maxEntriesPerRoom,
      // Where a room stands is asked at every first login, without the log of questions that the other way keeps.
      allow_direct: true,
      // Stored and told in one step, by the server: no process can end between the two.
      republish: { src: subjects, dest: `${roomMessage.name}.${appId}.{{wildcard(1)}}` },
    };
    const info = await manager.streams.add(config).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError)) {
        throw error;
      }
      // It is there already, with the settings of an earlier version perhaps.
      return manager.streams.update(name, config);
    });
    return new LogStore(shared, appId, name, Date.parse(info.created).toString(36));
  }

  subjectOf(roomId: string): string {
    return `${this.shared.options.name}.${this.appId}.${subjectToken(roomId)}`;
  }

  /** Its place in the jsStream; undefined where the room's last entry is not `lastStreamSeq` (0: none). */
  async append(subject: string, stored: StoredMessages, lastStreamSeq: number): Promise<number | undefined> {
    const entry = JSON.stringify(stored);
    const streamSeq = await this.shared.appends.append(subject, entry, lastStreamSeq);
    if (streamSeq !== undefined) {
      this.size.bytes += Buffer.byteLength(entry);
    }
    return streamSeq;
  }

  /** The bytes of all rooms' entries: as the server had it within the last second, and what was appended here since. */
  async readSize(): Promise<number> {
    if (performance.now() - this.size.readAtMs > sizeMaxAgeMs) {
      this.sizeReading ??= this.refreshSize().finally(() => (this.sizeReading = undefined));
      await this.sizeReading;
    }
    return this.size.bytes;
  }

  private async refreshSize(): Promise<void> {
    const readAtMs = performance.now();
    const { state } = await this.shared.manager.streams.info(this.streamName);
    this.size = { bytes: state.bytes, readAtMs };
  }

  async findLast(subject: string): Promise<LogEntry | undefined> {
    const found = await this.shared.manager.direct.getMessage(this.streamName, { last_by_subj: subject });
    return found === null ? undefined : { streamSeq: found.seq, stored: found.json<StoredMessages>() };
  }

  /** All entries of a room from there on, oldest first. */
  async read(subject: string, from: ReadFrom): Promise<LogEntry[]> {
    const { bus, manager } = this.shared;
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
        entries.push({ streamSeq: place.streamSeq, stored: message.json<StoredMessages>() });
        if (place.pending === 0) {
          finish?.();
        }
      },
    });
    const timer = setTimeout(() => fail?.(new Error('the log was not read in time')), readDeadlineMs);
    try {
      const info = await manager.consumers.add(this.streamName, {
        ...startOf(from),
        deliver_subject: inbox,
        filter_subject: subject,
        ack_policy: AckPolicy.None,
        replay_policy: ReplayPolicy.Instant,
        inactive_threshold: nanos(consumerIdleMs),
        mem_storage: true,
      });
      if (info.num_pending + info.delivered.consumer_seq > 0) {
        await finished;
      }
      // It would end by itself; not waiting for that keeps many reads from piling up on the server.
      void manager.consumers.delete(this.streamName, info.name).catch(() => {});
      return entries;
    } finally {
      clearTimeout(timer);
      finished.catch(() => {});
      subscription.unsubscribe();
    }
  }
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
function placeOf(message: Msg): { streamSeq: number; pending: number } | undefined {
  const tokens = message.reply?.split('.') ?? [];
  const head = tokens.length > 9 ? 4 : 2;
  return tokens.length < 9
    ? undefined
    : { streamSeq: Number(tokens[head + 3]), pending: Number(tokens[head + 6]) };
}
