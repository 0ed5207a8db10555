import { type Writable } from 'node:stream';
import { socketLimits } from '@polyroom/contracts';
import { type BatchTarget, type BatchWriter, type DirectWriter } from '@polyroom/fast-io';
import { type Flushable, type FlushTick } from './flush-tick.js';
import { type OutFrame } from '@polyroom/session';

/** Handed to the socket at once; the remaining frames stay here, where they can still be dropped. */
const maxWriteBytes = 64 * 1024;

/**
 * Frames to be written to one socket. The frames of one event-loop tick are combined into one write, because
 * the write is the main cost of a delivery. While the peer does not read, frames wait here: lossy ones are
 * dropped first, and beyond the limit `onOverflow` is called once and further frames are discarded.
 */
export class Outbox implements BatchTarget, Flushable {
  /** A single waiting frame, the common case in a quiet room: a list for each member would cost more. */
  private only: Buffer | undefined;
  private frames: Buffer[] = [];
  private waitingBytes = 0;
  private isBlocked = false;
  private isScheduled = false;
  private isClosed = false;
  private readonly writer: DirectWriter;

  constructor(
    private readonly stream: Writable,
    private readonly tick: FlushTick,
    private readonly hooks: { onDropped: () => void; onOverflow: () => void },
  ) {
    this.writer = tick.io.writerFor(stream);
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
    if (this.waitingBytes === 0) {
      this.only = bytes;
    } else {
      this.list().push(bytes);
    }
    this.waitingBytes += bytes.length;
    if (!this.isBlocked && !this.isScheduled) {
      this.isScheduled = true;
      this.tick.add(this);
    }
  }

  /** Writes waiting frames as far as the socket accepts them: through the batch, if one can be used. */
  flush(batch?: BatchWriter): void {
    this.isScheduled = false;
    if (this.waitingBytes === 0 || this.isBlocked) {
      return;
    }
    if (this.waitingBytes <= maxWriteBytes) {
      const bytes = this.takeAll();
      const descriptor = batch === undefined ? -1 : this.writer.openDescriptor;
      if (descriptor < 0) {
        this.handleTaken(bytes, this.writer.write(bytes));
      } else {
        batch!.add(descriptor, bytes, this);
      }
      return;
    }
    while (this.waitingBytes > 0 && !this.isBlocked) {
      const { frames, bytes } = this.takeFrames();
      this.waitingBytes -= bytes;
      const joined = frames.length === 1 ? frames[0]! : this.tick.join(frames, bytes);
      this.handleTaken(joined, this.writer.write(joined));
    }
  }

  /** Bytes that the kernel did not take are left to the stream. */
  handleTaken(bytes: Buffer, takenBytes: number): void {
    if (takenBytes < bytes.length) {
      this.isBlocked = !this.stream.write(takenBytes === 0 ? bytes : bytes.subarray(takenBytes));
    }
  }

  /** Discards waiting frames and accepts no more. */
  close(): void {
    this.isClosed = true;
    this.only = undefined;
    this.frames = [];
    this.waitingBytes = 0;
  }

  private takeAll(): Buffer {
    const { only, waitingBytes } = this;
    this.waitingBytes = 0;
    if (only !== undefined) {
      this.only = undefined;
      return only;
    }
    const frames = this.frames;
    this.frames = [];
    return frames.length === 1 ? frames[0]! : this.tick.join(frames, waitingBytes);
  }

  /** The waiting frames, as a list. */
  private list(): Buffer[] {
    if (this.only !== undefined) {
      this.frames = [this.only];
      this.only = undefined;
    }
    return this.frames;
  }

  private takeFrames(): { frames: Buffer[]; bytes: number } {
    const waiting = this.list();
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && (count === 0 || bytes + waiting[count]!.length <= maxWriteBytes)) {
      bytes += waiting[count]!.length;
      count++;
    }
    return { frames: waiting.splice(0, count), bytes };
  }
}
