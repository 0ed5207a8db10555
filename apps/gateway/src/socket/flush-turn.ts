import { type BatchWriter, type FastIo } from '@polyroom/fast-io';

/** What waits for the end of the turn to be written. */
export interface Flushable {
  flush(batch?: BatchWriter): void;
}

/** Below that a batch costs more than it saves. */
const fewestForBatch = 4;

/**
 * Writes out all outboxes that got something in this turn of the loop, in one go at its end: at once where
 * nothing else happens, together where a burst came off the bus.
 */
export class FlushTurn {
  private waiting: Flushable[] = [];
  private joinedFrames: Buffer[] = [];
  private joined: Buffer = Buffer.alloc(0);

  private batch: BatchWriter | undefined;

  constructor(readonly io: FastIo) {
    this.batch = io.openBatchWriter();
  }

  /** Whether one system call writes to several sockets. */
  get isBatching(): boolean {
    return this.batch !== undefined;
  }

  add(outbox: Flushable): void {
    this.waiting.push(outbox);
    if (this.waiting.length === 1) {
      // setImmediate runs after all data events of this turn.
      setImmediate(() => {
        const waiting = this.waiting;
        this.waiting = [];
        const batch = waiting.length < fewestForBatch ? undefined : this.batch;
        for (const one of waiting) {
          one.flush(batch);
        }
        batch?.submit();
        this.joinedFrames = [];
      });
    }
  }

  /** One buffer of several frames. Members of the same room wait for the same ones: they share it. */
  join(frames: Buffer[], bytes: number): Buffer {
    const known = this.joinedFrames;
    if (frames.length !== known.length || frames.some((frame, index) => frame !== known[index])) {
      this.joined = Buffer.concat(frames, bytes);
      this.joinedFrames = frames;
    }
    return this.joined;
  }

  /** What waits after that is still written, each socket by itself. Idempotent. */
  close(): void {
    this.batch?.close();
    this.batch = undefined;
  }
}
