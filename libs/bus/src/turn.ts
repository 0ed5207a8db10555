import { type NatsConnection } from '@nats-io/transport-node';
import { type Writable } from 'node:stream';

/** Where the client keeps its socket; a new one after every reconnection. Not part of its interface. */
interface WithSocket {
  protocol?: { transport?: { socket?: Writable } };
}

/**
 * What is sent in one turn of the event loop leaves in one system call, which is what a small message costs:
 * the client itself collects only until the current callback is done. Where the client has no such socket
 * any more, only that is lost.
 */
export class Turn {
  private readonly watched = new WeakSet<Writable>();
  private readonly flushers: (() => void)[] = [];
  private socket: Writable | undefined;
  private scheduled = false;

  constructor(private readonly connection: NatsConnection) {
    this.watch();
  }

  /** Takes the connection's socket into account; to be called again with each new one. */
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

  /** Runs once when the turn ends; what it sends still goes with the turn. */
  atEnd(flush: () => void): void {
    this.flushers.push(flush);
    this.schedule();
  }

  /** Runs now what waits for the end of the turn. */
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
      // After the microtask in which the client hands over what was sent just now.
      queueMicrotask(() => {
        this.scheduled = false;
        socket?.uncork();
      });
    });
  }
}
