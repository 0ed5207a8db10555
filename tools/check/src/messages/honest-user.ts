import { clientSubprotocol } from '@polyroom/contracts';
import { WebSocket } from 'ws';

/** The phase in which an answer was awaited; the two are compared. */
export type HonestTime = 'calm' | 'attacked';

export interface HonestAnswers {
  /** The 99th percentile of the response times. */
  p99Ms: number;
  count: number;
}

/** A user who sends to a room while others attack it, and measures the response times. */
export class HonestUser {
  private readonly sent = new Map<number, { atMs: number; time: HonestTime }>();
  private readonly latenciesMs: Record<HonestTime, number[]> = { calm: [], attacked: [] };
  private time: HonestTime = 'calm';
  private nextId = 1;
  private timer: NodeJS.Timeout | undefined;
  /** Whether its socket was closed by the server, which must not happen. */
  isLost = false;
  isIn = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly roomId: string,
  ) {
    socket.on('message', (data) => {
      const { id, error } = JSON.parse(String(data)) as { id?: number; error?: unknown };
      const sent = id === undefined ? undefined : this.sent.get(id);
      if (id !== undefined && sent !== undefined && error === undefined) {
        this.sent.delete(id);
        this.isIn = true;
        this.latenciesMs[sent.time].push(performance.now() - sent.atMs);
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

  /** Sends messages at an interval; from now on requests count for this phase. */
  start(everyMs: number, time: HonestTime): void {
    this.stop();
    this.time = time;
    this.timer = setInterval(() => {
      this.ask('message.broadcast', {
        roomId: this.roomId,
        content: 'on',
        clientMessageId: `m${this.nextId}`,
      });
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  answersIn(time: HonestTime): HonestAnswers {
    const sorted = [...this.latenciesMs[time]].sort((left, right) => left - right);
    return { p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Infinity, count: sorted.length };
  }

  close(): void {
    this.stop();
    this.socket.terminate();
  }

  private ask(method: string, params: object): void {
    const id = this.nextId++;
    this.sent.set(id, { atMs: performance.now(), time: this.time });
    this.socket.send(JSON.stringify({ id, method, params }));
  }
}
