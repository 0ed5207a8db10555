import { type Writable } from 'node:stream';

/** The socket of a NATS connection, replaced at every reconnection. Not part of the client's public interface. */
interface WithSocket {
  protocol?: { transport?: { socket?: Writable } };
}

/**
 * The socket below a NATS connection, to combine everything that the client writes in one event-loop tick into one
 * system call, which is the main cost of a small message. The client itself combines only what is sent until the
 * current callback ends. If a new version of the client hides its socket, only this saving is lost.
 */
export class NatsSocket {
  private readonly watched = new WeakSet<Writable>();
  private socket: Writable | undefined;

  constructor(
    private readonly connection: object,
    private readonly onWrite: () => void,
  ) {
    this.attach();
  }

  /** Attaches to the current socket; call it again after each reconnection. */
  attach(): void {
    const socket = (this.connection as WithSocket).protocol?.transport?.socket;
    this.socket = socket;
    if (socket === undefined || this.watched.has(socket)) {
      return;
    }
    this.watched.add(socket);
    const write = socket.write.bind(socket) as (...values: unknown[]) => boolean;
    socket.write = ((...values: unknown[]): boolean => {
      this.onWrite();
      return write(...values);
    }) as typeof socket.write;
  }

  /** Holds back what the client writes, until the returned socket is uncorked. */
  cork(): Writable | undefined {
    this.socket?.cork();
    return this.socket;
  }
}

/**
 * Destroys the socket below a NATS connection that the client gives up as stale. The client itself waits until all that
 * it has written has left, which is never the case if the network swallows it. If a new version of the client hides its
 * socket, it reconnects when TCP gives up.
 */
export function destroyNatsSocket(connection: object): void {
  (connection as WithSocket).protocol?.transport?.socket?.destroy();
}
