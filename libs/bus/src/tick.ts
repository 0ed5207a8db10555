import { type NatsConnection } from '@nats-io/transport-node';
import { type FastIo, type NatsSocket } from '@polyroom/fast-io';

/** Combines the requests and replies of one event-loop tick, and with fast I/O all that the client sends in it. */
export class Tick {
  private readonly flushers: (() => void)[] = [];
  private readonly socket: NatsSocket | undefined;
  private scheduled = false;

  constructor(connection: NatsConnection, io: FastIo) {
    this.socket = io.findNatsSocket(connection, () => this.schedule());
  }

  /** Attaches to the connection's new socket after a reconnection. */
  handleReconnect(): void {
    this.socket?.attach();
  }

  /** Runs once at the end of the tick; its sends still belong to the tick. */
  atEnd(flush: () => void): void {
    this.flushers.push(flush);
    this.schedule();
  }

  /** Runs the pending flushers now. */
  flush(): void {
    for (const flush of this.flushers.splice(0)) {
      flush();
    }
  }

  private schedule(): void {
    if (this.scheduled) {
      return;
    }
    this.scheduled = true;
    const corked = this.socket?.cork();
    setImmediate(() => {
      this.flush();
      // After the microtask in which the client writes the latest sends to the socket.
      queueMicrotask(() => {
        this.scheduled = false;
        corked?.uncork();
      });
    });
  }
}
