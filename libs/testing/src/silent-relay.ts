import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.js';

/**
 * Relays TCP connections to a port of this machine. They can fall silent, as they do when the network between the ends
 * is cut: they stay open, and nothing passes any more.
 */
export class SilentRelay {
  private readonly pairs = new Set<[client: Socket, upstream: Socket]>();

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(toPort: number): Promise<SilentRelay> {
    const port = await freePort();
    const server = createServer();
    const relay = new SilentRelay(port, server);
    server.on('connection', (client) => relay.connect(client, toPort));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return relay;
  }

  /** Nothing passes the open connections any more, and closing one end does not close the other. Later connections work. */
  silence(): void {
    for (const pair of this.pairs) {
      for (const socket of pair) {
        socket.removeAllListeners('data').removeAllListeners('close').pause();
      }
    }
  }

  async close(): Promise<void> {
    this.pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private connect(client: Socket, toPort: number): void {
    const upstream = createConnection(toPort, '127.0.0.1');
    this.pairs.add([client, upstream]);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }
}
