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
  /** Counts up by one within the room, from 1. */
  seq: number;
  atMs: number;
  body: T;
}

export interface AppendResult<T> extends LogEntry<T> {
  /** True where this message ID was stored before: the entry is the one from then. */
  duplicate: boolean;
}

interface Tail {
  /** Sequence in the jsStream of the room's last message; 0 = none. */
  streamSeq: number;
  roomSeq: number;
}

const wrongLastSequence = 10071;
const maxAttempts = 20;
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
    return new MessageLog(jetstream(bus.natsConnection), manager, options);
  }

  /**
   * Throws IM_SEND_FAILED where it could not be stored. `onStored` runs once a new entry is stored and before
   * this writer's next one of the room, which keeps the order for those who are told.
   */
  append<T>(
    appId: number,
    roomId: string,
    messageId: string,
    body: T,
    onStored: (entry: LogEntry<T>) => void = () => {},
  ): Promise<AppendResult<T>> {
    const subject = `${this.options.name}.${appId}.${subjectToken(roomId)}`;
    const msgID = createHash('sha256').update(`${subject}\n${messageId}`).digest('base64url');
    return this.queue.run(subject, async () => {
      const result = await this.appendNext<T>(subject, msgID, body);
      if (!result.duplicate) {
        onStored(result);
      }
      return result;
    });
  }

  private async appendNext<T>(subject: string, msgID: string, body: T): Promise<AppendResult<T>> {
    try {
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        const result = await this.tryAppend<T>(subject, msgID, body);
        if (result !== undefined) {
          return result;
        }
        this.tails.delete(subject);
        // Another writer was faster: step aside for a moment, each for another one.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * attempt));
      }
    } catch (error) {
      this.tails.delete(subject);
      throw error instanceof AppError ? error : new AppError('IM_SEND_FAILED', { cause: error });
    }
    throw new AppError('IM_SEND_FAILED', { details: { reason: 'too many writers at once' } });
  }

  /** Undefined where another writer was faster. */
  private async tryAppend<T>(subject: string, msgID: string, body: T): Promise<AppendResult<T> | undefined> {
    const tail = this.tails.get(subject) ?? (await this.findTail(subject));
    const entry: LogEntry<T> = { seq: tail.roomSeq + 1, atMs: Date.now(), body };
    try {
      const ack = await this.client.publish(subject, JSON.stringify(entry), {
        msgID,
        expect: { lastSubjectSequence: tail.streamSeq },
      });
      if (ack.duplicate) {
        const stored = await this.manager.streams.getMessage(this.options.name, { seq: ack.seq });
        if (stored === null) {
          throw new AppError('IM_SEND_FAILED', { details: { reason: 'the first copy is no longer kept' } });
        }
        return { ...stored.json<LogEntry<T>>(), duplicate: true };
      }
      this.remember(subject, { streamSeq: ack.seq, roomSeq: entry.seq });
      return { ...entry, duplicate: false };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === wrongLastSequence) {
        return undefined;
      }
      throw error;
    }
  }

  private async findTail(subject: string): Promise<Tail> {
    try {
      const last = await this.manager.streams.getMessage(this.options.name, { last_by_subj: subject });
      return last === null
        ? { streamSeq: 0, roomSeq: 0 }
        : { streamSeq: last.seq, roomSeq: last.json<LogEntry<unknown>>().seq };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.status === 404) {
        return { streamSeq: 0, roomSeq: 0 };
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
