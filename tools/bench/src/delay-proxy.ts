import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

interface Address {
  host: string;
  port: number;
}

/**
 * Simulates a network with a round-trip time between clients and a cluster on one machine: each datagram and
 * each chunk of a TCP stream is delayed by half of it, in order. A client keeps the delay that was set when
 * it connected.
 */
export class DelayProxy {
  rttMs = 0;
  private closed = false;
  private readonly udp: UdpSocket;
  private readonly tcp: Server;
  private readonly upstreams = new Map<string, UdpSocket>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly media: { listen: Address; target: Address },
    private readonly gateway: Address,
  ) {
    this.udp = createSocket('udp4');
    this.udp.on('message', (data, from) => this.forward(data, from.address, from.port));
    this.tcp = createServer((client) => this.carry(client));
  }

  /** Media on the given address; the gateway on a free port. */
  static async start(media: { listen: Address; target: Address }, gateway: Address): Promise<DelayProxy> {
    const proxy = new DelayProxy(media, gateway);
    proxy.udp.bind(media.listen.port, media.listen.host);
    proxy.tcp.listen(0, '127.0.0.1');
    await Promise.all([once(proxy.udp, 'listening'), once(proxy.tcp, 'listening')]);
    return proxy;
  }

  get gatewayUrl(): string {
    const address = this.tcp.address();
    return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/ws`;
  }

  close(): void {
    this.closed = true;
    this.udp.close();
    this.upstreams.forEach((upstream) => upstream.close());
    this.sockets.forEach((socket) => socket.destroy());
    this.tcp.close();
  }

  private forward(data: Buffer, address: string, port: number): void {
    const key = `${address}:${port}`;
    let upstream = this.upstreams.get(key);
    if (upstream === undefined) {
      upstream = createSocket('udp4');
      const delayMs = this.rttMs / 2;
      upstream.on('message', (answer) => this.later(delayMs, () => this.udp.send(answer, port, address)));
      Object.assign(upstream, { delayMs });
      this.upstreams.set(key, upstream);
    }
    const { target } = this.media;
    const { delayMs } = upstream as UdpSocket & { delayMs: number };
    const way = upstream;
    this.later(delayMs, () => way.send(data, target.port, target.host));
  }

  private carry(client: Socket): void {
    const { rttMs } = this;
    const server = connect(this.gateway.port, this.gateway.host);
    client.setNoDelay();
    server.setNoDelay();
    const openedAtMs = performance.now();
    // The kernel has completed the handshake already; over this network it would have taken a round trip.
    const handshakeLeftMs = (): number => Math.max(0, rttMs - (performance.now() - openedAtMs));
    let firstLeavesAtMs = 0;
    client.on('data', (data) => {
      firstLeavesAtMs ||= performance.now() + handshakeLeftMs();
      const waitMs = Math.max(0, firstLeavesAtMs - performance.now());
      this.later(rttMs / 2 + waitMs, () => server.write(data));
    });
    server.on('data', (data) => this.later(rttMs / 2, () => client.write(data)));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }

  /** Data still in transit at the end is lost, as on a network. */
  private later(delayMs: number, work: () => void): void {
    if (delayMs === 0) {
      work();
      return;
    }
    setTimeout(() => {
      if (!this.closed) {
        work();
      }
    }, delayMs);
  }
}
