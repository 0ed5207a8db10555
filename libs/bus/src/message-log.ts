import { AppError, type MessagePosition, type OrderedMessage } from '@polyroom/contracts';
import { type Bus } from './bus.js';
import { type LogStore, type LogStoreOptions, LogStores, type ReadFrom } from './log-store.js';
import { type NewMessage, type Numbers, RoomLog } from './room-log.js';

export type MessageLogOptions = LogStoreOptions;

/** What somebody knows of a room, and how much of what follows may be told. */
export interface HistoryQuery {
  epoch: string;
  sinceSeq: number;
  /** The ID of the message with that number, where it is known: makes the search short. */
  sinceMessageId?: number | undefined;
  /** How long ago everything was known up to `sinceSeq`. */
  awayMs?: number | undefined;
  limit: number;
  maxAgeMs: number;
  maxMessages: number;
  /** Leaves out what is addressed to others. */
  userId?: string | undefined;
}

export interface History {
  /** Where the room stands now. */
  position: MessagePosition;
  /** Something of what was asked for is no longer kept. */
  gone: boolean;
  messages: OrderedMessage[];
}

/** Rooms whose last position is remembered; a forgotten one is read again. */
const rememberedRooms = 10_000;
const maxAnswerBytes = 512 * 1024;
/** How far the clocks of those who number and those who store may differ before the short search fails. */
const clockSlackMs = 2000;

/**
 * One ordered log per room on JetStream: what is acknowledged is stored, and told to the room's subject in
 * the same step. Belongs to the bus, which closes it.
 */
export class MessageLog {
  private readonly rooms = new Map<string, RoomLog>();
  /** Those who lost the same connection ask for the same: one reading answers them all. */
  private readonly readings = new Map<string, Promise<OrderedMessage[]>>();

  private constructor(
    private readonly stores: LogStores,
    private readonly options: MessageLogOptions,
  ) {}

  static async open(bus: Bus, options: MessageLogOptions): Promise<MessageLog> {
    return new MessageLog(await LogStores.connect(bus, options), options);
  }

  /**
   * Stores a message once. Throws IM_SEND_FAILED where that could not be done, or not surely, in time, and
   * IM_STORAGE_QUOTA_EXCEEDED where the log of the AppID holds `maxLogBytes` (0: no quota).
   */
  async append(appId: number, roomId: string, message: NewMessage, maxLogBytes = 0): Promise<Numbers> {
    let store: LogStore;
    try {
      store = await this.stores.open(appId);
    } catch (error) {
      throw new AppError('IM_SEND_FAILED', { cause: error });
    }
    return this.roomLog(store, roomId).append(message, maxLogBytes);
  }

  /** What came after a position, oldest first. Throws IM_SEND_FAILED while the log cannot be read. */
  async read(appId: number, roomId: string, query: HistoryQuery): Promise<History> {
    try {
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
      const { epoch, messages } = last.stored;
      return await this.readUpTo(store, subject, { epoch, seq: messages.at(-1)!.seq }, query);
    } catch (error) {
      throw new AppError('IM_SEND_FAILED', { cause: error });
    }
  }

  private async readUpTo(
    store: LogStore,
    subject: string,
    position: MessagePosition,
    query: HistoryQuery,
  ): Promise<History> {
    const isSameEpoch = query.epoch === position.epoch;
    if (query.limit === 0 || (isSameEpoch && query.sinceSeq === position.seq)) {
      return { position, gone: false, messages: [] };
    }
    const sinceSeq = isSameEpoch ? query.sinceSeq : 0;
    const oldestMs = Date.now() - query.maxAgeMs;
    const oldestSeq = position.seq - query.maxMessages;
    const messages = (await this.readSinceOnce(store, subject, position.epoch, sinceSeq, query)).filter(
      (message) => message.sentAtMs >= oldestMs && message.seq > oldestSeq,
    );
    const isAnewAndLost = !isSameEpoch && query.epoch !== '' && !this.missedNothingOlder(store, query);
    return {
      position,
      gone: isAnewAndLost || messages[0]?.seq !== sinceSeq + 1,
      messages: cut(messages, query),
    };
  }

  private readSinceOnce(
    store: LogStore,
    subject: string,
    epoch: string,
    sinceSeq: number,
    query: HistoryQuery,
  ): Promise<OrderedMessage[]> {
    const key = `${subject} ${epoch} ${query.epoch} ${sinceSeq} ${query.sinceMessageId}`;
    const reading =
      this.readings.get(key) ??
      this.readSince(store, subject, epoch, sinceSeq, query).finally(() => this.readings.delete(key));
    this.readings.set(key, reading);
    return reading;
  }

  private async readSince(
    store: LogStore,
    subject: string,
    epoch: string,
    sinceSeq: number,
    { epoch: knownEpoch, sinceMessageId }: HistoryQuery,
  ): Promise<OrderedMessage[]> {
    const read = async (from: ReadFrom): Promise<OrderedMessage[]> =>
      (await store.read(subject, from))
        .filter(({ stored }) => stored.epoch === epoch)
        .flatMap(({ stored }) => stored.messages)
        .filter(({ seq }) => seq > sinceSeq);
    if (sinceMessageId !== undefined && knownEpoch === epoch) {
      const messages = await read({ timeMs: Math.max(0, sinceMessageId / 1000 - clockSlackMs) });
      if (messages[0]?.seq === sinceSeq + 1) {
        return messages;
      }
    }
    return read('first');
  }

  /**
   * The numbering of a room begins anew after it was quiet for as long as entries are kept. Who was away for
   * less has missed nothing of the old one, as long as it is the same log.
   */
  private missedNothingOlder({ logId }: LogStore, { epoch, awayMs }: HistoryQuery): boolean {
    return epoch.startsWith(`${logId}-`) && awayMs !== undefined && awayMs < this.options.maxAgeMs;
  }

  private roomLog(store: LogStore, roomId: string): RoomLog {
    const subject = store.subjectOf(roomId);
    const known = this.rooms.get(subject);
    const room = known ?? new RoomLog(store, subject);
    // The one used last stands last, so that the first is the one to forget.
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

/** As many as are asked for and fit into one answer. */
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
