import { roomMessage, type StoredMessages } from '@polyroom/contracts';
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
import { createInbox, type Msg, nanos, type NatsConnection } from '@nats-io/transport-node';
import { LogAppends } from './log-appends.js';

export interface LogStoreOptions {
  /** The name of the jsStream; its subjects are `<name>.<appId>.<room>`. */
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

/** The jsStream behind the message log: appends where nothing came between, reads one room's entries. */
export class LogStore {
  private constructor(
    private readonly connection: NatsConnection,
    private readonly appends: LogAppends,
    private readonly manager: JetStreamManager,
    private readonly options: LogStoreOptions,
    /** Names this jsStream for ever: another one made later in its place is another log. */
    readonly logId: string,
  ) {}

  static async open(connection: NatsConnection, options: LogStoreOptions): Promise<LogStore> {
    const manager = await jetstreamManager(connection);
    const { name } = options;
    const config = {
      name,
      subjects: [`${name}.*.*`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(options.maxAgeMs),
      max_msgs_per_subject: options.maxEntriesPerRoom,
      // Where a room stands is asked at every first login, without the log of questions that the other way keeps.
      allow_direct: true,
      // Stored and told in one step, by the server: no process can end between the two.
      republish: { src: `${name}.*.*`, dest: `${roomMessage.name}.{{wildcard(1)}}.{{wildcard(2)}}` },
    };
    const info = await manager.streams.add(config).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError)) {
        throw error;
      }
      // It is there already, with the settings of an earlier version perhaps.
      return manager.streams.update(name, config);
    });
    const reader = await jetstreamManager(connection, { timeout: answerDeadlineMs, checkAPI: false });
    const logId = Date.parse(info.created).toString(36);
    return new LogStore(connection, new LogAppends(connection, answerDeadlineMs), reader, options, logId);
  }

  /** Its place in the jsStream; undefined where the room's last entry is not `lastStreamSeq` (0: none). */
  append(subject: string, stored: StoredMessages, lastStreamSeq: number): Promise<number | undefined> {
    return this.appends.append(subject, JSON.stringify(stored), lastStreamSeq);
  }

  async findLast(subject: string): Promise<LogEntry | undefined> {
    const found = await this.manager.direct.getMessage(this.options.name, { last_by_subj: subject });
    return found === null ? undefined : { streamSeq: found.seq, stored: found.json<StoredMessages>() };
  }

  /** All entries of a room from there on, oldest first. */
  async read(subject: string, from: ReadFrom): Promise<LogEntry[]> {
    const inbox = createInbox();
    const entries: LogEntry[] = [];
    let finish: (() => void) | undefined;
    let fail: ((error: Error) => void) | undefined;
    const finished = new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    const subscription = this.connection.subscribe(inbox, {
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
      const info = await this.manager.consumers.add(this.options.name, {
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
      void this.manager.consumers.delete(this.options.name, info.name).catch(() => {});
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
