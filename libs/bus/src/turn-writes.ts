import { type NatsConnection } from '@nats-io/transport-node';
import { type Writable } from 'node:stream';

/** Where the client keeps its socket; a new one after every reconnection. Not part of its interface. */
interface WithSocket {
  protocol?: { transport?: { socket?: Writable } };
}

const watched = new WeakSet<Writable>();

/**
 * What is sent in one turn of the event loop leaves in one system call, which is what a small message costs:
 * the client itself collects only until the current callback is done. Where the client has no such socket
 * any more nothing changes.
 */
export function writeByTurn(connection: NatsConnection): void {
  const socket = (connection as unknown as WithSocket).protocol?.transport?.socket;
  if (socket === undefined || watched.has(socket)) {
    return;
  }
  watched.add(socket);
  const write = socket.write.bind(socket) as (...values: unknown[]) => boolean;
  let corked = false;
  socket.write = ((...values: unknown[]): boolean => {
    if (!corked) {
      corked = true;
      socket.cork();
      setImmediate(() => {
        corked = false;
        socket.uncork();
      });
    }
    return write(...values);
  }) as typeof socket.write;
}
