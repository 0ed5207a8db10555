import { type Writable } from 'node:stream';
import { BatchWriter } from './batch-writer.js';
import { combineWrites } from './combined-writes.js';
import { DirectWriter } from './direct-writer.js';
import { NatsSocket } from './nats-socket.js';
import { forgetUnreadInput, hasUnfinishedInput } from './unread-input.js';

/**
 * All uses of internals of Node.js, ws, ioredis and the NATS client that save system calls or memory.
 * `POLYROOM_FAST_IO` enables them; otherwise the public interfaces send the same bytes at a higher cost.
 */
export class FastIo {
  constructor(private readonly isOn: boolean) {}

  /** Undefined if disabled, or if the system does not allow it. */
  openBatchWriter(): BatchWriter | undefined {
    return this.isOn ? BatchWriter.open() : undefined;
  }

  /** If disabled, it takes no bytes, and the caller writes to the stream. */
  writerFor(stream: Writable): DirectWriter {
    return new DirectWriter(stream, this.isOn);
  }

  /** `onWrite` runs before each write of the client. Undefined if disabled. */
  findNatsSocket(connection: object, onWrite: () => void): NatsSocket | undefined {
    return this.isOn ? new NatsSocket(connection, onWrite) : undefined;
  }

  /** Combines the commands that a Redis client writes in one event-loop tick. */
  combineRedisWrites(stream: Writable): void {
    if (this.isOn) {
      combineWrites(stream);
    }
  }

  /** Releases input that ws received and has not fully parsed. */
  forgetUnreadInput(webSocket: object): void {
    if (this.isOn) {
      forgetUnreadInput(webSocket);
    }
  }

  /** Whether a message has arrived in part. False if disabled: there is no public interface for it. */
  hasUnfinishedInput(webSocket: object): boolean {
    return this.isOn && hasUnfinishedInput(webSocket);
  }
}
