import { KeyedQueue } from '@polyroom/async';
import { type OrderedMessage } from '@polyroom/contracts';
import pLimit from 'p-limit';
import { type LogStore } from './log-store.js';
import { readToEnd, timeOf } from './room-reads.js';

/** Searches of one room that wait for the same read. */
interface Batch {
  ids: Set<number>;
  found: Promise<Map<number, OrderedMessage>>;
}

/** A read holds the log of a room in memory, from the oldest message that is searched to the end. */
const maxReads = 2;
/** A later read would end after the caller's timeout. */
const maxWaitMs = 4000;

/**
 * Finds messages by their IDs. One read of a room at a time serves all searches that have come before it begins, and at
 * most two rooms are read at the same time.
 */
export class MessageFinder {
  private readonly batches = new Map<string, Batch>();
  private readonly rooms = new KeyedQueue();
  private readonly limit = pLimit(maxReads);

  /** `maxAgeMs`: retention of a message. */
  constructor(private readonly maxAgeMs: number) {}

  /** The message as readers get it now; undefined if the room has none with this ID. */
  async find(store: LogStore, subject: string, messageId: number): Promise<OrderedMessage | undefined> {
    const batch = this.batches.get(subject) ?? this.openBatch(store, subject);
    batch.ids.add(messageId);
    return (await batch.found).get(messageId);
  }

  private openBatch(store: LogStore, subject: string): Batch {
    const ids = new Set<number>();
    const openedAtMs = performance.now();
    const read = async (): Promise<Map<number, OrderedMessage>> => {
      this.batches.delete(subject);
      if (performance.now() - openedAtMs > maxWaitMs) {
        throw new Error('the search for the message waited too long');
      }
      return this.read(store, subject, ids);
    };
    const batch = { ids, found: this.rooms.run(subject, () => this.limit(read)) };
    this.batches.set(subject, batch);
    return batch;
  }

  private async read(
    store: LogStore,
    subject: string,
    ids: ReadonlySet<number>,
  ): Promise<Map<number, OrderedMessage>> {
    const last = await store.findLast(subject);
    // IDs grow within a room.
    const lastId = last?.stored.messages.at(-1)?.messageId ?? 0;
    const stored = [...ids].filter((id) => id <= lastId);
    if (last === undefined || stored.length === 0) {
      return new Map();
    }
    const oldestId = Math.min(...stored);
    const from = timeOf(oldestId);
    const isLong = from.timeMs < Date.now() - this.maxAgeMs;
    let messages = await readToEnd(store, subject, last, isLong ? 'first' : from);
    const [first] = messages;
    // IDs are times; the clock of the writer may differ by more than the slack.
    if (!isLong && (first === undefined || (first.messageId > oldestId && first.seq > 1))) {
      messages = await readToEnd(store, subject, last, 'first');
    }
    return new Map(
      messages.flatMap((message) =>
        ids.has(message.messageId) ? [[message.messageId, message] as const] : [],
      ),
    );
  }
}
