import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Connection {
  client: Socket;
  server: Socket;
  /** Data is swallowed in both directions, and a close does not reach the other side. */
  isSilent: boolean;
}

/** The network between one client and the gateways: delays, throttles, cuts, and connections that fall silent. */
export class FaultProxy {
  delayMs = 0;
  /** Per direction; undefined: unlimited. */
  bytesPerSecond: number | undefined;
  private isCut = false;
  private isClosing = false;
  private readonly connections = new Set<Connection>();
  /** To the gateways, of connections that fell silent. */
  private readonly silentServers = new Set<Socket>();
  private next: number;

  private constructor(
    private readonly listener: Server,
    private readonly targetPorts: readonly number[],
    first: number,
  ) {
    this.next = first;
  }

  /** Each connection goes to the next of the gateways, the first one to that with this index. */
  static async start(targetPorts: readonly number[], first = 0): Promise<FaultProxy> {
    const listener = createServer();
    const proxy = new FaultProxy(listener, targetPorts, first);
    listener.on('connection', (client) => proxy.join(client));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.listener.address() as AddressInfo).port}/ws`;
  }

  /** Whether a close of the client reaches its gateway now. */
  get isHealthy(): boolean {
    return !this.isCut && [...this.connections].every(({ isSilent }) => !isSilent);
  }

  /** Closes all connections and refuses new ones. */
  cut(): void {
    this.isCut = true;
    this.connections.forEach(({ client, server }) => {
      client.destroy();
      server.destroy();
    });
  }

  /** The present connections stay open without traffic, for good; new ones work. */
  silence(): void {
    for (const connection of this.connections) {
      connection.isSilent = true;
      this.silentServers.add(connection.server);
    }
  }

  /** New connections work. Silent ones stay silent for the client; the gateways notice that they are dead. */
  heal(): void {
    this.delayMs = 0;
    this.bytesPerSecond = undefined;
    this.isCut = false;
    this.silentServers.forEach((server) => server.destroy());
    this.silentServers.clear();
  }

  /** Refuses new connections from now on. */
  refuse(): void {
    this.isClosing = true;
  }

  async close(): Promise<void> {
    this.cut();
    this.silentServers.forEach((server) => server.destroy());
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    client.on('error', () => {});
    if (this.isCut || this.isClosing) {
      client.destroy();
      return;
    }
    const server = connect(this.targetPorts[this.next++ % this.targetPorts.length]!, '127.0.0.1');
    server.on('error', () => {});
    client.setNoDelay();
    server.setNoDelay();
    const connection: Connection = { client, server, isSilent: false };
    this.connections.add(connection);
    this.carry(connection, client, server);
    this.carry(connection, server, client);
    client.on('close', () => {
      this.connections.delete(connection);
      if (!connection.isSilent) {
        server.destroy();
      }
    });
    server.on('close', () => {
      if (!connection.isSilent) {
        client.destroy();
      }
    });
  }

  /** In order; data that is in transit when the connection falls silent is lost. */
  private carry(connection: Connection, from: Socket, to: Socket): void {
    const way = new Way(() => connection.isSilent);
    from.on('data', (data) => {
      const sendMs = this.bytesPerSecond === undefined ? 0 : (data.length / this.bytesPerSecond) * 1000;
      way.send(this.delayMs, sendMs, () => to.write(data));
    });
    from.on('end', () => way.send(this.delayMs, 0, () => to.end()));
  }
}

/** One direction of a connection: delivers in order, also when the delay changes. */
class Way {
  private readonly queue: { dueAtMs: number; work: () => void }[] = [];
  private lastDueAtMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly isSilent: () => boolean) {}

  send(delayMs: number, sendMs: number, work: () => void): void {
    this.lastDueAtMs = Math.max(performance.now() + delayMs, this.lastDueAtMs) + sendMs;
    this.queue.push({ dueAtMs: this.lastDueAtMs, work });
    if (this.timer === undefined) {
      this.deliver();
    }
  }

  private deliver(): void {
    this.timer = undefined;
    for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
      const waitMs = first.dueAtMs - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.deliver(), waitMs);
        return;
      }
      this.queue.shift();
      if (!this.isSilent()) {
        first.work();
      }
    }
  }
}
