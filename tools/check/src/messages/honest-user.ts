import { clientSubprotocol } from '@polyroom/contracts';
import { WebSocket } from 'ws';

/** Somebody who talks in a room while others attack, and sees how long the answers take. */
export class HonestUser {
  private readonly sentAtMs = new Map<number, number>();
  private latenciesMs: number[] = [];
  private nextId = 1;
  private timer: NodeJS.Timeout | undefined;
  /** Whether its socket was closed, which nobody but itself may do. */
  isLost = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly roomId: string,
  ) {
    socket.on('message', (data) => {
      const { id, error } = JSON.parse(String(data)) as { id?: number; error?: unknown };
      const sentAtMs = id === undefined ? undefined : this.sentAtMs.get(id);
      if (sentAtMs !== undefined && error === undefined) {
        this.latenciesMs.push(performance.now() - sentAtMs);
      }
    });
    socket.on('close', () => (this.isLost = true));
    socket.on('error', () => {});
  }

  static async enter(
    url: string,
    app: { appId: number; appSign: string },
    roomId: string,
  ): Promise<HonestUser> {
    const socket = new WebSocket(url, clientSubprotocol);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const user = new HonestUser(socket, roomId);
    user.ask('room.login', { ...app, mode: 'multi', roomId, user: { userId: 'honest', userName: 'Honest' } });
    return user;
  }

  get isIn(): boolean {
    return this.latenciesMs.length > 0;
  }

  /** Says something every so often; the answers' times are counted from now on. */
  start(everyMs: number): void {
    clearInterval(this.timer);
    this.latenciesMs = [];
    this.timer = setInterval(() => {
      this.ask('message.broadcast', {
        roomId: this.roomId,
        content: 'on',
        clientMessageId: `m${this.nextId}`,
      });
    }, everyMs);
  }

  /** The time within which 99 of 100 answers came, and how many came. */
  get answers(): { p99Ms: number; count: number } {
    const sorted = [...this.latenciesMs].sort((left, right) => left - right);
    return { p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Infinity, count: sorted.length };
  }

  close(): void {
    clearInterval(this.timer);
    this.socket.terminate();
  }

  private ask(method: string, params: object): void {
    const id = this.nextId++;
    this.sentAtMs.set(id, performance.now());
    this.socket.send(JSON.stringify({ id, method, params }));
  }
}
