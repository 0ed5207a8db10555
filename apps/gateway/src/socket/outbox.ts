import { type Writable } from 'node:stream';
import { DirectWriter } from './direct-writer.js';
import { type FlushTurn } from './flush-turn.js';
import { type OutFrame } from './out-frame.js';
import { socketLimits } from './socket-limits.js';

/** So much is handed to the socket at once; the rest stays here, where it can still be dropped. */
const maxWriteBytes = 64 * 1024;

/**
 * What waits to be written to one socket. The frames of one turn of the loop leave in one write, because the
 * write is what a delivery costs. While the other side does not read, frames wait here: lossy ones are
 * dropped first, and beyond the limit `onOverflow` is called once and nothing more is taken.
 */
export class Outbox {
  private frames: Buffer[] = [];
  private waitingBytes = 0;
  private isBlocked = false;
  private isScheduled = false;
  private isClosed = false;
  private readonly writer: DirectWriter;

  constructor(
    private readonly stream: Writable,
    private readonly turn: FlushTurn,
    private readonly hooks: { onDropped: () => void; onOverflow: () => void },
  ) {
    this.writer = new DirectWriter(stream);
    stream.on('drain', () => {
      if (this.isBlocked) {
        this.isBlocked = false;
        this.flush();
      }
    });
  }

  push({ bytes, isLossy }: OutFrame): void {
    if (this.isClosed) {
      return;
    }
    if (isLossy && this.waitingBytes > socketLimits.maxBytesBeforeLoss) {
      this.hooks.onDropped();
      return;
    }
    if (this.waitingBytes > socketLimits.maxBufferedBytes) {
      this.close();
      this.hooks.onOverflow();
      return;
    }
    this.frames.push(bytes);
    this.waitingBytes += bytes.length;
    if (!this.isBlocked && !this.isScheduled) {
      this.isScheduled = true;
      this.turn.add(this);
    }
  }

  /** Hands over what waits, as far as the socket takes it. */
  flush(): void {
    this.isScheduled = false;
    while (this.frames.length > 0 && !this.isBlocked) {
      const { frames, bytes } = this.takeFrames();
      this.waitingBytes -= bytes;
      const all = frames.length === 1 ? frames[0]! : this.turn.join(frames, bytes);
      const taken = this.writer.write(all);
      this.isBlocked = taken < bytes && !this.stream.write(taken === 0 ? all : all.subarray(taken));
    }
  }

  /** Forgets what waits and takes nothing more. */
  close(): void {
    this.isClosed = true;
    this.frames = [];
    this.waitingBytes = 0;
  }

  private takeFrames(): { frames: Buffer[]; bytes: number } {
    if (this.waitingBytes <= maxWriteBytes) {
      const taken = { frames: this.frames, bytes: this.waitingBytes };
      this.frames = [];
      return taken;
    }
    let bytes = 0;
    let count = 0;
    while (
      count < this.frames.length &&
      (count === 0 || bytes + this.frames[count]!.length <= maxWriteBytes)
    ) {
      bytes += this.frames[count]!.length;
      count++;
    }
    return { frames: this.frames.splice(0, count), bytes };
  }
}
