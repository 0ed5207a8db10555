import { type NatsConnection } from '@nats-io/transport-node';
import { type Writable } from 'node:stream';

/** The client's socket, replaced at every reconnection. Not part of the client's public API. */
interface WithSocket {
  protocol?: { transport?: { socket?: Writable } };
}

/**
 * Combines everything sent in one event-loop tick into one system call, which is the main cost of a small
 * message. The client itself batches only until the current callback ends. If a new client version hides its
 * socket, only this optimization is lost.
 */
export class Turn {
  private readonly watched = new WeakSet<Writable>();
  private readonly flushers: (() => void)[] = [];
  private socket: Writable | undefined;
  private scheduled = false;

  constructor(private readonly connection: NatsConnection) {
    this.watch();
  }

  /** Attaches to the connection's socket; call it again after each reconnection. */
  watch(): void {
    const socket = (this.connection as unknown as WithSocket).protocol?.transport?.socket;
    this.socket = socket;
    if (socket === undefined || this.watched.has(socket)) {
      return;
    }
    this.watched.add(socket);
    const write = socket.write.bind(socket) as (...values: unknown[]) => boolean;
    socket.write = ((...values: unknown[]): boolean => {
      this.schedule();
      return write(...values);
    }) as typeof socket.write;
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
    const { socket } = this;
    socket?.cork();
    setImmediate(() => {
      this.flush();
      // After the microtask in which the client writes the latest sends to the socket.
      queueMicrotask(() => {
        this.scheduled = false;
        socket?.uncork();
      });
    });
  }
}
