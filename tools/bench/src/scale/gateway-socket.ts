import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Subscriptions that are written before the server is asked to confirm them. */
const subscriptionsAtOnce = 10_000;
const pong = 'PONG\r\n';

/**
 * The connection of a simulated gateway to NATS. It subscribes to subjects and drops what it receives unread, so that a
 * million subscriptions cost the client nothing.
 */
export class GatewaySocket {
  private nextId = 1;
  private tail = '';
  private waiting: (() => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      // The server asks too, whether this client is alive.
      if (chunk.includes('PING\r\n')) {
        socket.write(pong);
      }
      // A payload that contains the answer is JSON, without a line end.
      if (this.waiting !== undefined && (this.tail + chunk).includes(pong)) {
        const done = this.waiting;
        this.waiting = undefined;
        done();
      }
      this.tail = chunk.slice(-pong.length);
    });
  }

  /** Connects to a server without a password. */
  static async open(port: number): Promise<GatewaySocket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('CONNECT {"verbose":false,"name":"gateway"}\r\n');
    return new GatewaySocket(socket);
  }

  async subscribe(subjects: readonly string[]): Promise<void> {
    for (let first = 0; first < subjects.length; first += subscriptionsAtOnce) {
      const lines = subjects
        .slice(first, first + subscriptionsAtOnce)
        .map((subject) => `SUB ${subject} ${this.nextId++}\r\n`);
      this.socket.write(lines.join(''));
      await this.flush();
    }
  }

  /** Waits until the server has handled what was written, and all that it had to deliver has arrived. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = resolve;
      this.socket.once('error', reject);
      this.socket.write('PING\r\n', () => this.socket.off('error', reject));
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
