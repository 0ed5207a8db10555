import { WebSocket } from 'ws';
import { type Answer, type Device, unknownCode } from './device.js';
import { type CheckedUser } from './history.js';

interface Frame {
  id?: number | null;
  result?: { sessionId?: string };
  error?: { code: number };
}

const connectTimeoutMs = 3000;
const answerTimeoutMs = 25_000;
/** Frame IDs of logins are their request IDs; those of everything else are above. */
const otherIdsFrom = 1_000_000;
/** A gateway that was killed is noticed a little later. */
const noticedWithinMs = 1000;

/** A client on the bare WebSocket of a gateway. A frame that is sent again is the same request again. */
export class SocketDevice implements Device {
  readonly path = 'gateway';
  readonly survivesEnd = true;
  readonly hasGrace = true;
  lostAtMs: number | undefined;
  private nextId = otherIdsFrom;
  private readonly waiting = new Map<number, ((answer: Answer) => void)[]>();
  private cutByUs = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly user: CheckedUser,
  ) {
    socket.on('message', (data: Buffer) => this.handleFrame(JSON.parse(data.toString('utf8')) as Frame));
    socket.on('error', () => {});
    socket.on('close', () => this.handleClose());
  }

  static async connect(url: string, user: CheckedUser): Promise<SocketDevice | undefined> {
    const socket = new WebSocket(url, { handshakeTimeout: connectTimeoutMs, perMessageDeflate: false });
    return new Promise((resolve) => {
      socket.once('open', () => resolve(new SocketDevice(socket, user)));
      socket.once('error', () => resolve(undefined));
    });
  }

  login(roomId: string, requestId: number): Promise<Answer> {
    const { appId, appSign, mode, userId } = this.user;
    return this.ask(requestId, 'room.login', {
      appId,
      appSign,
      mode,
      roomId,
      user: { userId, userName: userId },
    });
  }

  logout(roomId: string): Promise<Answer> {
    return this.ask(this.nextId++, 'room.logout', { roomId });
  }

  end(): Promise<Answer> {
    return this.ask(this.nextId++, 'room.logout', {});
  }

  async cut(): Promise<void> {
    this.cutByUs = true;
    this.socket.terminate();
  }

  /** Its gateway stands still: from now on nothing is certain. */
  abandon(): void {
    this.lostAtMs = performance.now();
    this.cutByUs = true;
    this.socket.terminate();
  }

  private ask(id: number, method: string, params: unknown): Promise<Answer> {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ code: unknownCode });
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ code: unknownCode }), answerTimeoutMs);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), settle]);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private handleFrame(frame: Frame): void {
    if (typeof frame.id !== 'number') {
      return;
    }
    // Two frames of one ID are answered in some order; both are the same request.
    const [first, ...rest] = this.waiting.get(frame.id) ?? [];
    if (rest.length === 0) {
      this.waiting.delete(frame.id);
    } else {
      this.waiting.set(frame.id, rest);
    }
    const sessionId = frame.result?.sessionId;
    first?.({ code: frame.error?.code ?? 0, ...(sessionId === undefined ? {} : { sessionId }) });
  }

  private handleClose(): void {
    if (!this.cutByUs) {
      this.lostAtMs = performance.now() - noticedWithinMs;
    }
    const waiting = [...this.waiting.values()].flat();
    this.waiting.clear();
    waiting.forEach((settle) => settle({ code: unknownCode }));
  }
}
