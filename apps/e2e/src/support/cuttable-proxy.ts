import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

type Pair = readonly [Socket, Socket];

/**
 * A TCP proxy. When cut, it closes its connections and refuses new ones; on hold, they stay open without
 * traffic.
 */
export class CuttableProxy {
  /** Client sockets with their server sockets. */
  private readonly pairs = new Set<Pair>();
  private state: 'open' | 'held' | 'cut' = 'open';

  private constructor(
    private readonly server: Server,
    private readonly localAddress: string,
  ) {}

  /** The target sees connections from the local address, one of 127.0.0.0/8. */
  static async start(targetPort: number, localAddress = '127.0.0.1'): Promise<CuttableProxy> {
    const server = createServer();
    const proxy = new CuttableProxy(server, localAddress);
    server.on('connection', (socket) => proxy.join(socket, targetPort));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.state = 'cut';
    this.pairs.forEach(([from]) => from.destroy());
  }

  /** Data sent from now on arrives after `restore`, in order. */
  hold(): void {
    this.state = 'held';
    for (const [from, to] of this.pairs) {
      from.unpipe(to);
      from.pause();
    }
  }

  restore(): void {
    const wasHeld = this.state === 'held';
    this.state = 'open';
    if (wasHeld) {
      this.pairs.forEach(([from, to]) => from.pipe(to));
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, targetPort: number): void {
    if (this.state === 'cut') {
      client.destroy();
      return;
    }
    const target = createConnection({ port: targetPort, host: '127.0.0.1', localAddress: this.localAddress });
    const pairs: Pair[] = [
      [client, target],
      [target, client],
    ];
    for (const pair of pairs) {
      const [from, to] = pair;
      this.pairs.add(pair);
      from.on('error', () => {});
      from.on('close', () => {
        this.pairs.delete(pair);
        to.destroy();
      });
      if (this.state === 'open') {
        from.pipe(to);
      }
    }
  }
}
