import { type BatchWriter, type FastIo } from '@polyroom/fast-io';

/** Flushed at the end of the event-loop tick. */
export interface Flushable {
  flush(batch?: BatchWriter): void;
}

/** Below this number a batch costs more than it saves. */
const fewestForBatch = 4;

/**
 * Flushes all outboxes that received frames in this event-loop tick at its end: immediately if nothing else
 * is pending, combined if a burst arrived from the bus.
 */
export class FlushTick {
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
      // setImmediate runs after all data events of this tick.
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

  /** Concatenates frames into one buffer. Members of a room wait for the same frames, so they share it. */
  join(frames: Buffer[], bytes: number): Buffer {
    const known = this.joinedFrames;
    if (frames.length !== known.length || frames.some((frame, index) => frame !== known[index])) {
      this.joined = Buffer.concat(frames, bytes);
      this.joinedFrames = frames;
    }
    return this.joined;
  }

  /** Later frames are still written, one socket at a time. Idempotent. */
  close(): void {
    this.batch?.close();
    this.batch = undefined;
  }
}
