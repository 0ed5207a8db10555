import { type Writable } from 'node:stream';
import { BatchWriter } from './batch-writer.js';
import { combineWrites } from './combined-writes.js';
import { DirectWriter } from './direct-writer.js';
import { NatsSocket } from './nats-socket.js';
import { forgetUnreadInput } from './unread-input.js';

/**
 * Everything that reaches behind the public interfaces of Node.js, ws, ioredis and the NATS client to save system
 * calls or memory. `POLYROOM_FAST_IO` switches it: off, the same bytes take the public way, at a higher cost.
 */
export class FastIo {
  constructor(private readonly isOn: boolean) {}

  /** Undefined if off, or if the system does not allow it. */
  openBatchWriter(): BatchWriter | undefined {
    return this.isOn ? BatchWriter.open() : undefined;
  }

  /** Off, it takes no bytes, and the caller writes to the stream. */
  writerFor(stream: Writable): DirectWriter {
    return new DirectWriter(stream, this.isOn);
  }

  /** `onWrite` runs before each write of the client. Undefined if off. */
  findNatsSocket(connection: object, onWrite: () => void): NatsSocket | undefined {
    return this.isOn ? new NatsSocket(connection, onWrite) : undefined;
  }

  /** Combines the commands that a Redis client writes in one event-loop tick. */
  combineRedisWrites(stream: Writable): void {
    if (this.isOn) {
      combineWrites(stream);
    }
  }

  /** Releases what a WebSocket of ws received and has not parsed to its end. */
  forgetUnreadInput(webSocket: object): void {
    if (this.isOn) {
      forgetUnreadInput(webSocket);
    }
  }
}
