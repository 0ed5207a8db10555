import { type AppEvent, type EventOwner } from '@polyroom/contracts';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { LRUCache } from 'lru-cache';
import { type Bus } from '../bus.js';
import { LogAppends } from '../log-appends.js';
import { EventStream, type EventStreamLimits } from './event-stream.js';
import { parseCursor } from './event-cursor.js';
import { type LoggedEvents, type NewEvent, subjectOf, subjectsOf, toEvents } from './logged-events.js';

/**
 * Where events come from. Those of an outbox are logged exactly once, in their order: it keeps them until they are in
 * the log. Those of a service may be logged twice, if a repetition comes after another event of the same owner.
 */
export type EventSource = 'outbox' | 'service';

export interface EventPage {
  events: AppEvent[];
  /** Read on from here; undefined if no event was found. */
  next: string | undefined;
  /** Events between the position and the first one are no longer stored. */
  gone: boolean;
}

export interface ReadOptions {
  /** Events after this position; undefined: from the oldest. */
  after?: string | undefined;
  owner?: Omit<EventOwner, 'appId'> | undefined;
  /** Entries are read whole, so a few more events may be returned. */
  limit: number;
}

/** Position of an owner in the log, as far as it is known. */
interface Position {
  streamSeq: number;
  epoch: string;
  seq: number;
  /** By source: the ID of its last event. */
  marks: Partial<Record<EventSource, string>>;
}

const answerDeadlineMs = 2000;
const rememberedOwners = 10_000;
const maxEventsPerEntry = 100;
const maxEntryBytes = 128 * 1024;

/**
 * The event log: one jsStream per AppID, one subject per room or user. An entry is appended only if it follows the last
 * one of its subject, so any number of writers make one order without gaps. Uses the connection of the bus.
 */
export class EventLog {
  private readonly positions = new LRUCache<string, Position>({ max: rememberedOwners });
  private readonly streams = new Map<number, EventStream>();
  private manager: Promise<JetStreamManager> | undefined;
  private readonly appends: LogAppends;

  constructor(private readonly bus: Bus) {
    this.appends = new LogAppends(bus.natsConnection, bus.createInbox(), answerDeadlineMs);
  }

  /**
   * Moves events of a source into the log. `read` returns the oldest ones; it is called after the position of the owner
   * is known: those up to the source's last event in the log, which is known by its ID, are left out. Returns the ID of
   * the last event that is in the log, or undefined if there was none to move. Throws if it is unknown whether they are
   * stored: call it again.
   */
  async transfer(
    owner: EventOwner,
    source: EventSource,
    limits: EventStreamLimits,
    read: () => Promise<NewEvent[]>,
  ): Promise<string | undefined> {
    const stream = await this.open(owner.appId, limits);
    try {
      return await this.transferTo(stream, owner, source, read);
    } catch (error) {
      this.streams.delete(owner.appId);
      throw error;
    }
  }

  /** Events after a position, oldest first. An AppID without a log has none. */
  async read(appId: number, options: ReadOptions): Promise<EventPage> {
    return this.use(appId, (stream) => readPage(appId, stream, options));
  }

  /** One event; undefined if it is no longer stored. */
  async findEvent(appId: number, cursor: string): Promise<AppEvent | undefined> {
    const { streamSeq, index } = parseCursor(cursor);
    return this.use(appId, async (stream) => {
      // JetStream counts from 1, and refuses a request for 0.
      const found = streamSeq === 0 ? undefined : await stream?.get(streamSeq);
      return found === undefined ? undefined : toEvents(appId, stream!.logId, streamSeq, found.entry)[index];
    });
  }

  /** The position after the newest event; undefined if there is none. */
  async findEnd(appId: number): Promise<string | undefined> {
    const bounds = await this.use(appId, async (stream) => stream?.readBounds());
    return bounds === undefined ? undefined : `${bounds.lastSeq}-${maxEventsPerEntry}`;
  }

  /** The position before the first entry that was stored at this time or later. */
  async findTime(appId: number, atMs: number): Promise<string> {
    const before = await this.use(appId, async (stream) => (await stream?.findSeqBefore(atMs)) ?? 0);
    return `${before}-${maxEventsPerEntry}`;
  }

  /** Deletes the log of an AppID. Idempotent. */
  async delete(appId: number): Promise<void> {
    this.streams.delete(appId);
    for (const key of this.positions.keys()) {
      if (key.startsWith(subjectsOf(appId).slice(0, -1))) {
        this.positions.delete(key);
      }
    }
    const manager = await this.connect();
    await EventStream.delete(manager, appId);
  }

  private async transferTo(
    stream: EventStream,
    owner: EventOwner,
    source: EventSource,
    read: () => Promise<NewEvent[]>,
  ): Promise<string | undefined> {
    const key = subjectOf(owner);
    for (;;) {
      const position = this.positions.get(key) ?? (await this.findPosition(stream, owner));
      const found = await read();
      const isLogged = position.marks[source];
      const logged = isLogged === undefined ? -1 : found.findIndex(({ id }) => id === isLogged);
      const events = takeEntry(found.slice(logged + 1));
      if (events.length === 0) {
        this.positions.set(key, position);
        return logged === -1 ? undefined : isLogged;
      }
      const lastId = events.at(-1)!.id;
      const marks = { ...position.marks, [source]: lastId };
      const entry: LoggedEvents = {
        epoch: position.epoch,
        seq: position.seq + 1,
        marks,
        ...(owner.roomId === undefined ? {} : { roomId: owner.roomId }),
        ...(owner.userId === undefined ? {} : { userId: owner.userId }),
        events: events.map(({ type, atMs, data }) => ({ type, atMs, data })),
      };
      // Until the outcome is known, the position is not.
      this.positions.delete(key);
      const streamSeq = await this.appends.append(key, JSON.stringify(entry), position.streamSeq);
      if (streamSeq !== undefined) {
        this.positions.set(key, { streamSeq, epoch: entry.epoch, seq: position.seq + events.length, marks });
        stream.appended(entry);
        return lastId;
      }
      // Another writer was faster.
    }
  }

  private async findPosition(stream: EventStream, owner: EventOwner): Promise<Position> {
    const last = await stream.last(subjectOf(owner));
    if (last === undefined) {
      const random = Math.floor(Math.random() * 1296).toString(36);
      return { streamSeq: 0, epoch: `${Date.now().toString(36)}${random}`, seq: 0, marks: {} };
    }
    const { epoch, seq, marks, events } = last.entry;
    return { streamSeq: last.seq, epoch, seq: seq + events.length - 1, marks };
  }

  private async open(appId: number, limits: EventStreamLimits): Promise<EventStream> {
    let stream = this.streams.get(appId);
    if (stream === undefined || !stream.hasLimits(limits)) {
      stream = await EventStream.open(await this.connect(), appId, limits, this.bus.streamReplicas);
      this.streams.set(appId, stream);
    }
    return stream;
  }

  /**
   * Reads from the log. After an error it is looked for again: the jsStream may have been deleted, or created again as
   * a different log.
   */
  private async use<T>(appId: number, read: (stream: EventStream | undefined) => Promise<T>): Promise<T> {
    const stream = await this.find(appId);
    try {
      return await read(stream);
    } catch (error) {
      this.streams.delete(appId);
      throw error;
    }
  }

  private async find(appId: number): Promise<EventStream | undefined> {
    let stream = this.streams.get(appId);
    if (stream === undefined) {
      stream = await EventStream.find(await this.connect(), appId);
      if (stream !== undefined) {
        this.streams.set(appId, stream);
      }
    }
    return stream;
  }

  private connect(): Promise<JetStreamManager> {
    this.manager ??= jetstreamManager(this.bus.natsConnection, {
      timeout: answerDeadlineMs,
      checkAPI: false,
    });
    return this.manager;
  }
}

async function readPage(
  appId: number,
  stream: EventStream | undefined,
  { after, owner, limit }: ReadOptions,
): Promise<EventPage> {
  const from = after === undefined ? { streamSeq: 0, index: -1 } : parseCursor(after);
  const page: EventPage = { events: [], next: undefined, gone: false };
  if (stream === undefined) {
    return page;
  }
  const subject = owner === undefined ? subjectsOf(appId) : subjectOf({ appId, ...owner });
  let startSeq = Math.max(1, from.streamSeq);
  let isFirst = true;
  for (let bytes = 0; page.events.length < limit && bytes < 1024 * 1024;) {
    const found = await stream.next(subject, startSeq);
    if (found === undefined) {
      break;
    }
    if (isFirst && owner === undefined && after !== undefined && found.seq > from.streamSeq + 1) {
      page.gone = true;
    }
    isFirst = false;
    bytes += found.bytes;
    startSeq = found.seq + 1;
    const events = toEvents(appId, stream.logId, found.seq, found.entry);
    const rest = found.seq === from.streamSeq ? events.slice(from.index + 1) : events;
    page.events.push(...rest);
    page.next = rest.at(-1)?.cursor ?? page.next;
  }
  return page;
}

function takeEntry(events: NewEvent[]): NewEvent[] {
  let bytes = 0;
  let count = 0;
  for (; count < events.length && count < maxEventsPerEntry; count++) {
    bytes += JSON.stringify(events[count]!.data).length;
    if (bytes > maxEntryBytes && count > 0) {
      break;
    }
  }
  return events.slice(0, count);
}
