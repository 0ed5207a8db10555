import { AppError, type MessagePosition, type OrderedMessage } from '@polyroom/contracts';
import { type Bus } from '@polyroom/bus';
import { deletionOf } from './deletions.js';
import { type LogEntry, type LogStore, type LogStoreOptions, LogStores, type ReadFrom } from './log-store.js';
import { MessageFinder } from './message-finder.js';
import { type Appended, type NewMessage, RoomLog } from './room-log.js';
import { readToEnd, timeOf } from './room-reads.js';

export type MessageLogOptions = LogStoreOptions;

/** The caller's position in a room, and how much of what follows may be returned. */
export interface HistoryQuery {
  epoch: string;
  sinceSeq: number;
  /** The ID of the message with that number, if known: shortens the search. */
  sinceMessageId?: number | undefined;
  /** How long ago the caller was known to be up to date at `sinceSeq`. */
  awayMs?: number | undefined;
  limit: number;
  maxAgeMs: number;
  /** Without deletions. */
  maxMessages: number;
  /** Omits messages addressed to other users only. */
  userId?: string | undefined;
}

export interface History {
  /** The current position of the room. */
  position: MessagePosition;
  /** True if some of the requested messages are no longer stored. */
  gone: boolean;
  messages: OrderedMessage[];
}

/** Rooms whose position is cached; an evicted one is read again. */
const rememberedRooms = 10_000;
const maxAnswerBytes = 512 * 1024;

/**
 * One ordered log per room on JetStream. An acknowledged message is stored, and published to the room's
 * subject in the same step. Uses the connection of the bus and ends with it.
 */
export class MessageLog {
  private readonly rooms = new Map<string, RoomLog>();
  /** Reads in progress: clients that lost the same connection ask for the same and share one read. */
  private readonly readings = new Map<string, Promise<OrderedMessage[]>>();
  private readonly finder: MessageFinder;

  private constructor(
    private readonly stores: LogStores,
    private readonly options: MessageLogOptions,
  ) {
    this.finder = new MessageFinder(options.maxAgeMs);
  }

  static async open(bus: Bus, options: MessageLogOptions): Promise<MessageLog> {
    return new MessageLog(await LogStores.connect(bus, options), options);
  }

  /** Throws while messages cannot be stored because JetStream does not answer. */
  ping(): Promise<void> {
    return this.stores.ping();
  }

  /** The used share of the quota of the AppID that is nearest to its own, among those this process stores for. */
  get fullestQuota(): number {
    return this.stores.fullestQuota;
  }

  /**
   * Stores a message once. Throws IM_SEND_FAILED if it was not stored in time, or the outcome is unknown, and
   * IM_STORAGE_QUOTA_EXCEEDED if the log of the AppID holds `maxLogBytes` (0: no quota).
   */
  async append(appId: number, roomId: string, message: NewMessage, maxLogBytes = 0): Promise<Appended> {
    const store = await orSendFailed(this.stores.open(appId));
    store.quotaBytes = maxLogBytes;
    return this.roomLog(store, roomId).append(message, maxLogBytes);
  }

  /**
   * Deletes a message for all later reads: stores a `deletion` after it. Returns the message that was deleted, now or
   * before, or undefined if the room has none with this ID. Needs no quota: a message is deleted once, and a
   * deletion cannot be deleted. Throws IM_SEND_FAILED if the search fails or the outcome is unknown.
   */
  async delete(appId: number, roomId: string, messageId: number): Promise<OrderedMessage | undefined> {
    const store = await orSendFailed(this.stores.open(appId));
    const found = await orSendFailed(this.finder.find(store, store.subjectOf(roomId), messageId));
    if (found === undefined || found.kind === 'deletion') {
      return undefined;
    }
    if (found.deleted === undefined) {
      await this.roomLog(store, roomId).append(deletionOf(found), 0);
    }
    return found;
  }

  /** Deletes all messages of an AppID. Throws IM_SEND_FAILED while the log cannot be reached. */
  async purge(appId: number): Promise<void> {
    await orSendFailed(this.stores.purge(appId));
  }

  /** Messages after a position, oldest first. Throws IM_SEND_FAILED while the log cannot be read. */
  async read(appId: number, roomId: string, query: HistoryQuery): Promise<History> {
    return orSendFailed(this.readRoom(appId, roomId, query));
  }

  private async readRoom(appId: number, roomId: string, query: HistoryQuery): Promise<History> {
    const store = await this.stores.open(appId);
    const subject = store.subjectOf(roomId);
    const last = await store.findLast(subject);
    if (last === undefined) {
      return {
        position: { epoch: '', seq: 0 },
        gone: query.epoch !== '' && !this.missedNothingOlder(store, query),
        messages: [],
      };
    }
    return this.readUpTo(store, subject, last, query);
  }

  private async readUpTo(
    store: LogStore,
    subject: string,
    last: LogEntry,
    query: HistoryQuery,
  ): Promise<History> {
    const position = { epoch: last.stored.epoch, seq: last.stored.messages.at(-1)!.seq };
    const isSameEpoch = query.epoch === position.epoch;
    if (query.limit === 0 || (isSameEpoch && query.sinceSeq === position.seq)) {
      return { position, gone: false, messages: [] };
    }
    const sinceSeq = isSameEpoch ? query.sinceSeq : 0;
    const oldestMs = Date.now() - query.maxAgeMs;
    const read = await this.readSinceOnce(store, subject, last, sinceSeq, query);
    const messages = newest(read, query.maxMessages).filter(({ sentAtMs }) => sentAtMs >= oldestMs);
    const isAnewAndLost = !isSameEpoch && query.epoch !== '' && !this.missedNothingOlder(store, query);
    return {
      position,
      gone: isAnewAndLost || messages[0]?.seq !== sinceSeq + 1,
      messages: cut(messages, query),
    };
  }

  private async readSinceOnce(
    store: LogStore,
    subject: string,
    last: LogEntry,
    sinceSeq: number,
    query: HistoryQuery,
  ): Promise<OrderedMessage[]> {
    const key = `${subject} ${last.stored.epoch} ${query.epoch} ${sinceSeq} ${query.sinceMessageId}`;
    let shared = this.readings.get(key);
    while (shared !== undefined) {
      const messages = await shared;
      // It may have begun before the last entry was stored, which may be a deletion.
      if (last.stored.messages.at(-1)!.seq <= Math.max(sinceSeq, messages.at(-1)?.seq ?? 0)) {
        return messages;
      }
      shared = this.readings.get(key);
    }
    const reading = this.readSince(store, subject, last, sinceSeq, query).finally(() =>
      this.readings.delete(key),
    );
    this.readings.set(key, reading);
    return reading;
  }

  private async readSince(
    store: LogStore,
    subject: string,
    last: LogEntry,
    sinceSeq: number,
    { epoch: knownEpoch, sinceMessageId }: HistoryQuery,
  ): Promise<OrderedMessage[]> {
    const read = async (from: ReadFrom): Promise<OrderedMessage[]> =>
      (await readToEnd(store, subject, last, from)).filter(({ seq }) => seq > sinceSeq);
    if (sinceMessageId !== undefined && knownEpoch === last.stored.epoch) {
      const messages = await read(timeOf(sinceMessageId));
      if (messages[0]?.seq === sinceSeq + 1) {
        return messages;
      }
    }
    return read('first');
  }

  /**
   * The numbering of a room restarts after all its entries have expired. A caller that was away for less than
   * their retention has missed nothing of the old numbering, provided that the log is the same.
   */
  private missedNothingOlder({ logId }: LogStore, { epoch, awayMs }: HistoryQuery): boolean {
    return epoch.startsWith(`${logId}-`) && awayMs !== undefined && awayMs < this.options.maxAgeMs;
  }

  private roomLog(store: LogStore, roomId: string): RoomLog {
    const subject = store.subjectOf(roomId);
    const known = this.rooms.get(subject);
    const room = known ?? new RoomLog(store, subject);
    // LRU: reinsert, so that the first key is the one to evict.
    this.rooms.delete(subject);
    this.rooms.set(subject, room);
    if (this.rooms.size > rememberedRooms) {
      const [oldest, oldestRoom] = this.rooms.entries().next().value!;
      if (oldestRoom.isIdle) {
        this.rooms.delete(oldest);
      }
    }
    return room;
  }
}

async function orSendFailed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new AppError('IM_SEND_FAILED', { cause: error });
  }
}

/** The last `count` messages, not counting deletions, which are among them too. */
function newest(messages: OrderedMessage[], count: number): OrderedMessage[] {
  let start = messages.length;
  for (let left = count; start > 0; start--) {
    if (messages[start - 1]!.kind !== 'deletion' && left-- === 0) {
      break;
    }
  }
  return messages.slice(start);
}

/** At most `limit` messages that fit into one reply. */
function cut(messages: OrderedMessage[], { limit, userId }: HistoryQuery): OrderedMessage[] {
  const answer: OrderedMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (userId !== undefined && message.to?.includes(userId) === false) {
      continue;
    }
    bytes += message.content.length;
    if (answer.length >= limit || (bytes > maxAnswerBytes && answer.length > 0)) {
      break;
    }
    answer.push(message);
  }
  return answer;
}
