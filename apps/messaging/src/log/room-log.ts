import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, maxMessagesAtOnce, type OrderedMessage, type StoredMessages } from '@polyroom/contracts';
import { currentTrace, inTrace, type Trace } from '@polyroom/observability';
import { type LogEntry, type LogStore } from './log-store.js';

/** A message to store. */
export type NewMessage = Pick<OrderedMessage, 'kind' | 'from' | 'content' | 'category' | 'to' | 'deletes'> & {
  /** Deduplicates: a repeated key in a room is the same message. */
  key: string;
};

/** The numbers assigned to a message. */
export interface Numbers {
  seq: number;
  messageId: number;
  sentAtMs: number;
}

/** What became of a message. */
export interface Appended {
  numbers: Numbers;
  /** It was stored before, under the same key. */
  isRepetition: boolean;
}

interface Pending {
  message: NewMessage;
  /** It was in an entry that may be stored: found later, it is no repetition. */
  isAttempted: boolean;
  /** Quota of the AppID's whole log; 0 = none. */
  maxLogBytes: number;
  deadlineMs: number;
  /** Of the request that appends it. */
  trace: Trace | undefined;
  resolve: (appended: Appended) => void;
  reject: (error: unknown) => void;
}

/** A writer's view of a room, derived from its log. */
interface State {
  epoch: string;
  seq: number;
  /** Number of the last message to all members. */
  prev: number;
  messageId: number;
  /** Sequence of the last entry in the jsStream; 0 = none. */
  streamSeq: number;
  /** Numbers of the messages of the last minutes by key, oldest first. */
  known: Map<string, Numbers>;
}

/** How long a message may wait until it is stored: below the deadline of the request behind it. */
const appendDeadlineMs = 2500;
/** Deduplication window. */
const repeatWindowMs = 60_000;
/** Tolerated difference between the clocks of servers. */
const clockSlackMs = 5000;
const maxEntryBytes = 256 * 1024;
/** Message IDs are timestamps with room for this many messages per millisecond. */
const idsPerMs = 1000;

/**
 * Numbers and stores the messages of one room. Messages that arrive while an entry is being stored share the
 * next entry. Any number of processes may write to one room: optimistic concurrency rejects an entry whose
 * writer has not seen the previous one; the writer then reads what it missed and retries.
 */
export class RoomLog {
  private readonly pending: Pending[] = [];
  private state: State | undefined;
  private running = false;

  constructor(
    private readonly store: LogStore,
    private readonly subject: string,
  ) {}

  get isIdle(): boolean {
    return !this.running;
  }

  /**
   * Throws IM_SEND_FAILED if it was not stored in time, or the outcome is unknown: a retry with the same key
   * is safe. Throws IM_STORAGE_QUOTA_EXCEEDED if the log of the AppID holds `maxLogBytes` (0: no quota).
   */
  append(message: NewMessage, maxLogBytes: number): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const deadlineMs = Date.now() + appendDeadlineMs;
      const trace = currentTrace();
      this.pending.push({ message, isAttempted: false, maxLogBytes, deadlineMs, trace, resolve, reject });
      if (!this.running) {
        this.running = true;
        void this.run();
      }
    });
  }

  private async run(): Promise<void> {
    // Collects the messages of the current microtask run into one entry.
    await Promise.resolve();
    let failure: unknown = new Error('every attempt lost to another writer');
    for (let attempt = 0; this.pending.length > 0; attempt++) {
      this.rejectLate(failure);
      try {
        this.state ??= await this.load();
        if (await this.storeNext(this.state)) {
          attempt = -1;
          continue;
        }
        this.state = await this.catchUp(this.state);
      } catch (error) {
        // The outcome is unknown: reading the log again decides.
        failure = error;
        this.state = undefined;
      }
      // Random backoff, so that competing writers do not collide again.
      await sleep(Math.random() * Math.min(2 * attempt, 50));
    }
    // Synchronous with the last check of `pending`: no message can be missed.
    this.running = false;
  }

  private rejectLate(failure: unknown): void {
    const nowMs = Date.now();
    while (this.pending[0] !== undefined && this.pending[0].deadlineMs <= nowMs) {
      this.pending.shift()?.reject(new AppError('IM_SEND_FAILED', { cause: failure }));
    }
  }

  /** Stores the pending messages, or as many as fit into one entry. False if another writer was faster. */
  private async storeNext(state: State): Promise<boolean> {
    const logBytes = await this.store.readSize();
    const taken = this.takeNext();
    const atMs = Date.now();
    const next = { ...state, known: new Map<string, Numbers>() };
    const stored: StoredMessages = { type: 'stored', epoch: state.epoch, messages: [], keys: [] };
    const fresh = new Set<Pending>();
    for (const pending of taken) {
      const { message, maxLogBytes } = pending;
      const { key, ...rest } = message;
      const isFull = maxLogBytes > 0 && logBytes >= maxLogBytes;
      if (isFull || state.known.has(key) || next.known.has(key)) {
        continue;
      }
      fresh.add(pending);
      next.seq += 1;
      next.messageId = Math.max(atMs * idsPerMs, next.messageId + 1);
      const numbers = { seq: next.seq, messageId: next.messageId, sentAtMs: atMs };
      next.known.set(key, numbers);
      stored.messages.push({ ...numbers, prev: next.prev, ...rest });
      stored.keys.push(key);
      if (message.to === undefined) {
        next.prev = next.seq;
      }
    }
    if (stored.messages.length > 0) {
      let streamSeq: number | undefined;
      try {
        // Of requests that share this entry, the first that is traced shows it.
        const trace = [...fresh].find((pending) => pending.trace !== undefined)?.trace;
        streamSeq = await inTrace(trace, () => this.store.append(this.subject, stored, state.streamSeq));
      } catch (error) {
        fresh.forEach((pending) => (pending.isAttempted = true));
        throw error;
      } finally {
        if (streamSeq === undefined) {
          this.pending.unshift(...taken);
        }
      }
      if (streamSeq === undefined) {
        return false;
      }
      Object.assign(state, { ...next, streamSeq, known: state.known });
      next.known.forEach((numbers, key) => state.known.set(key, numbers));
      forgetOld(state.known, atMs);
    }
    for (const pending of taken) {
      const { isAttempted, message, maxLogBytes, resolve, reject } = pending;
      // At the quota, messages that are stored already are still acknowledged.
      const numbers = state.known.get(message.key);
      if (numbers === undefined) {
        reject(
          new AppError('IM_STORAGE_QUOTA_EXCEEDED', { details: { maxStoredMessageBytes: maxLogBytes } }),
        );
      } else {
        resolve({ numbers, isRepetition: !isAttempted && !fresh.has(pending) });
      }
    }
    return true;
  }

  private takeNext(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (; count < this.pending.length && count < maxMessagesAtOnce; count++) {
      bytes += this.pending[count]!.message.content.length;
      if (bytes > maxEntryBytes && count > 0) {
        break;
      }
    }
    return this.pending.splice(0, count);
  }

  private async load(): Promise<State> {
    const last = await this.store.findLast(this.subject);
    const nowMs = Date.now();
    if (last === undefined) {
      // No entry is left: numbering restarts under a new epoch.
      const random = Math.floor(Math.random() * 1296).toString(36);
      const epoch = `${this.store.logId}-${nowMs.toString(36)}${random}`;
      return { epoch, seq: 0, prev: 0, messageId: 0, streamSeq: 0, known: new Map() };
    }
    const state = stateAfter(last);
    const sinceMs = nowMs - repeatWindowMs - clockSlackMs;
    if (state.messageId / idsPerMs > sinceMs) {
      for (const entry of await this.store.read(this.subject, { timeMs: sinceMs }, last)) {
        apply(state, entry);
      }
    }
    return state;
  }

  private async catchUp(state: State): Promise<State> {
    const entries = await this.store.read(this.subject, { streamSeq: state.streamSeq + 1 });
    if (entries.length === 0 || entries.some(({ stored }) => stored.epoch !== state.epoch)) {
      // The cached position does not exist any more: the entries expired, or the log was recreated.
      return this.load();
    }
    entries.forEach((entry) => apply(state, entry));
    return state;
  }
}

function stateAfter({ streamSeq, stored }: LogEntry): State {
  const last = stored.messages.at(-1)!;
  return {
    epoch: stored.epoch,
    seq: last.seq,
    prev: last.to === undefined ? last.seq : last.prev,
    messageId: last.messageId,
    streamSeq,
    known: new Map(),
  };
}

function apply(state: State, entry: LogEntry): void {
  const { stored, streamSeq } = entry;
  stored.messages.forEach(({ seq, messageId, sentAtMs }, index) => {
    state.known.set(stored.keys[index]!, { seq, messageId, sentAtMs });
  });
  if (streamSeq > state.streamSeq) {
    Object.assign(state, { ...stateAfter(entry), known: state.known });
  }
}

function forgetOld(known: Map<string, Numbers>, nowMs: number): void {
  for (const [key, { sentAtMs }] of known) {
    if (nowMs - sentAtMs <= repeatWindowMs) {
      return;
    }
    known.delete(key);
  }
}
