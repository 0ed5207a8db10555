import { createHash } from 'node:crypto';
import { AppError, subjectToken } from '@polyroom/contracts';
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { type Bus } from './bus.js';
import { KeyedQueue } from './keyed-queue.js';

export interface MessageLogOptions {
  /** The name of the jsStream. */
  name: string;
  /** How long a message is kept. */
  maxAgeMs: number;
  /** How many messages of one room are kept. */
  maxMessagesPerRoom: number;
}

export interface LogEntry<T> {
  /**
   * Counts up by one within the room, from 1. Begins anew once nothing of the room is kept any more, so that
   * only `id` names an entry for ever.
   */
  seq: number;
  /** Grows within the room and is never used there again, also not after its numbering began anew. */
  id: number;
  atMs: number;
  body: T;
}

export interface AppendResult<T> extends LogEntry<T> {
  /** True where this message ID was stored before: the entry is the one from then. */
  duplicate: boolean;
}

interface StoredEntry<T> extends AppendResult<T> {
  isNewest: boolean;
}

interface Tail {
  /** Sequence in the jsStream of the room's last message; 0 = none. */
  streamSeq: number;
  roomSeq: number;
  id: number;
}

const emptyTail: Tail = { streamSeq: 0, roomSeq: 0, id: 0 };

const wrongLastSequence = 10071;
/** How long an append may take in all, waiting for its turn included: below the deadline of the request behind it. */
const appendDeadlineMs = 2500;
const ackDeadlineMs = 1000;
/** How long a repeated message ID is known. */
const duplicateWindowMs = 120_000;
/** Rooms whose last position is remembered; a forgotten one is asked for again. */
const rememberedRooms = 10_000;

/**
 * One ordered log per room on JetStream. A message is appended only where it follows the last one its writer
 * knew of, so that any number of writers make one order without gaps; what is acknowledged is stored.
 * Belongs to the bus, which closes it.
 */
export class MessageLog {
  private readonly tails = new Map<string, Tail>();
  private readonly queue = new KeyedQueue();

  private constructor(
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly options: MessageLogOptions,
  ) {}

  static async open(bus: Bus, options: MessageLogOptions): Promise<MessageLog> {
    const manager = await jetstreamManager(bus.natsConnection);
    const config = {
      name: options.name,
      subjects: [`${options.name}.*.*`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(options.maxAgeMs),
      max_msgs_per_subject: options.maxMessagesPerRoom,
      duplicate_window: nanos(Math.min(duplicateWindowMs, options.maxAgeMs)),
    };
    try {
      await manager.streams.add(config);
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) {
        throw error;
      }
      // It is there already, with the settings of an earlier version perhaps.
      await manager.streams.update(options.name, config);
    }
    const reader = await jetstreamManager(bus.natsConnection, { timeout: ackDeadlineMs, checkAPI: false });
    return new MessageLog(jetstream(bus.natsConnection), reader, options);
  }

  /**
   * Throws IM_SEND_FAILED where it could not be stored in time. `announce` runs once the entry is stored and
   * before this writer's next one of the room, which keeps the order for those who are told. It runs again for
   * a repeated message ID whose entry is still the room's newest: whoever stored it may have ended before it
   * told anybody, and so may an attempt of this call that got no answer. Those who are told drop what they
   * have seen.
   */
  append<T>(
    appId: number,
    roomId: string,
    messageId: string,
    body: T,
    announce: (entry: LogEntry<T>) => void = () => {},
  ): Promise<AppendResult<T>> {
    const subject = `${this.options.name}.${appId}.${subjectToken(roomId)}`;
    const msgID = createHash('sha256').update(`${subject}\n${messageId}`).digest('base64url');
    const deadlineMs = Date.now() + appendDeadlineMs;
    return this.queue.run(subject, async () => {
      const { duplicate, isNewest, isUnsure, ...entry } = await this.appendNext<T>(
        subject,
        msgID,
        body,
        deadlineMs,
      );
      if (isNewest || isUnsure) {
        announce(entry);
      }
      return { ...entry, duplicate };
    });
  }

  private async appendNext<T>(
    subject: string,
    msgID: string,
    body: T,
    deadlineMs: number,
  ): Promise<StoredEntry<T> & { isUnsure: boolean }> {
    let isUnsure = false;
    let failure: unknown = new Error('other writers were faster every time, or the queue was too long');
    for (let attempt = 0; Date.now() < deadlineMs; attempt++) {
      try {
        const result = await this.tryAppend<T>(subject, msgID, body);
        if (result !== undefined) {
          return { ...result, isUnsure };
        }
      } catch (error) {
        if (error instanceof JetStreamApiError) {
          this.tails.delete(subject);
          throw new AppError('IM_SEND_FAILED', { cause: error });
        }
        // No acknowledgement: perhaps it is stored, perhaps not. The same message ID again makes it sure.
        failure = error;
        isUnsure = true;
      }
      this.tails.delete(subject);
      // Step aside for a moment, each writer for another one.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 * attempt, 50)));
    }
    throw new AppError('IM_SEND_FAILED', { cause: failure });
  }

  /** Undefined where another writer was faster. */
  private async tryAppend<T>(subject: string, msgID: string, body: T): Promise<StoredEntry<T> | undefined> {
    const tail = this.tails.get(subject) ?? (await this.findTail(subject));
    const atMs = Date.now();
    // The time makes it new where nothing is known of earlier entries; the last one where clocks differ.
    const entry: LogEntry<T> = { seq: tail.roomSeq + 1, id: Math.max(atMs, tail.id + 1), atMs, body };
    try {
      const ack = await this.client.publish(subject, JSON.stringify(entry), {
        msgID,
        expect: { lastSubjectSequence: tail.streamSeq },
        timeout: ackDeadlineMs,
      });
      if (ack.duplicate) {
        return await this.findFirstCopy<T>(subject, ack.seq);
      }
      this.remember(subject, { streamSeq: ack.seq, roomSeq: entry.seq, id: entry.id });
      return { ...entry, duplicate: false, isNewest: true };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === wrongLastSequence) {
        return undefined;
      }
      throw error;
    }
  }

  private async findFirstCopy<T>(subject: string, streamSeq: number): Promise<StoredEntry<T>> {
    const stored = await this.findStored({ seq: streamSeq });
    if (stored === undefined) {
      throw new AppError('IM_SEND_FAILED', { details: { reason: 'the first copy is no longer kept' } });
    }
    const newest = await this.findTail(subject);
    return {
      ...(stored.entry as LogEntry<T>),
      duplicate: true,
      isNewest: newest.streamSeq === streamSeq,
    };
  }

  private async findTail(subject: string): Promise<Tail> {
    const last = await this.findStored({ last_by_subj: subject });
    return last === undefined
      ? emptyTail
      : { streamSeq: last.streamSeq, roomSeq: last.entry.seq, id: last.entry.id };
  }

  private async findStored(
    query: { seq: number } | { last_by_subj: string },
  ): Promise<{ streamSeq: number; entry: LogEntry<unknown> } | undefined> {
    try {
      const stored = await this.manager.streams.getMessage(this.options.name, query);
      return stored === null ? undefined : { streamSeq: stored.seq, entry: stored.json<LogEntry<unknown>>() };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  private remember(subject: string, tail: Tail): void {
    this.tails.delete(subject);
    this.tails.set(subject, tail);
    if (this.tails.size > rememberedRooms) {
      this.tails.delete(this.tails.keys().next().value!);
    }
  }
}
