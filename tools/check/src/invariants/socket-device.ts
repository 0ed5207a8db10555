import { type Cluster, type GatewayAddress } from '@polyroom/cluster';
import { WebSocket } from 'ws';
import { type Answer, type Device, unknownCode } from './device.js';
import { type CheckedUser } from './history.js';
import { type Random } from './random.js';

interface Frame {
  id?: number | null;
  result?: { sessionId?: string; resumeToken?: string; rooms?: { roomId: string }[] };
  error?: { code: number };
  event?: string;
  data?: { code?: number };
}

type Answered = Answer & Pick<NonNullable<Frame['result']>, 'resumeToken'>;

const connectTimeoutMs = 3000;
const answerTimeoutMs = 25_000;
/** Frame IDs of logins are their request IDs; all other frames have higher IDs. */
const otherIdsFrom = 1_000_000;
/**
 * A socket that closes may report an earlier event: a gateway whose heartbeat was not received for a lease,
 * because the receiver was stopped, closes its clients' sockets once it knows.
 */
const noticedWithinMs = 8000;

/** A client on a gateway's WebSocket, without the SDK. A frame that is sent again is the same request. */
export class SocketDevice implements Device {
  readonly path = 'gateway';
  readonly survivesEnd = true;
  readonly hasGrace = true;
  lostAtMs: number | undefined;
  /** The codes with which the server removed rooms. */
  readonly expelledCodes: number[] = [];
  private nextId = otherIdsFrom;
  private readonly waiting = new Map<number, ((answer: Answered) => void)[]>();
  private socket: WebSocket | undefined;
  private gateway: GatewayAddress | undefined;
  private sessionId: string | undefined;
  private resumeToken: string | undefined;

  private constructor(
    private readonly cluster: Pick<Cluster, 'gateways'>,
    readonly user: CheckedUser,
    private readonly random: Random,
  ) {}

  /** Undefined if no gateway is reachable. */
  static async open(
    cluster: Pick<Cluster, 'gateways'>,
    user: CheckedUser,
    random: Random,
  ): Promise<SocketDevice | undefined> {
    const device = new SocketDevice(cluster, user, random);
    return (await device.connect()) ? device : undefined;
  }

  /** The same on a busy machine: retries if the connection was not accepted in time. */
  static async openPatiently(
    cluster: Pick<Cluster, 'gateways'>,
    user: CheckedUser,
    random: Random,
  ): Promise<SocketDevice> {
    for (let attempt = 0; attempt < 10; attempt++) {
      const device = await SocketDevice.open(cluster, user, random);
      if (device !== undefined) {
        return device;
      }
    }
    throw new Error(`no gateway takes ${user.userId}`);
  }

  get gatewayName(): string | undefined {
    return this.gateway?.name;
  }

  async login(roomId: string, requestId: number): Promise<Answer> {
    const { appId, appSign, mode, userId } = this.user;
    const params = { appId, appSign, mode, roomId, user: { userId, userName: userId } };
    const answer = await this.ask(requestId, 'room.login', params);
    if (answer.resumeToken !== undefined) {
      this.sessionId = answer.sessionId;
      this.resumeToken = answer.resumeToken;
    }
    return answer;
  }

  logout(roomId: string): Promise<Answer> {
    return this.ask(this.nextId++, 'room.logout', { roomId });
  }

  switchRoom(fromRoomId: string, toRoomId: string): Promise<Answer> {
    return this.ask(this.nextId++, 'room.switch', { fromRoomId, toRoomId });
  }

  end(): Promise<Answer> {
    return this.ask(this.nextId++, 'room.logout', {});
  }

  async cut(): Promise<void> {
    this.dropSocket();
  }

  /** The old gateway learns of the end of its socket while another one already resumes the session. */
  async resume(): Promise<Answer> {
    const { sessionId, resumeToken, user } = this;
    this.dropSocket();
    if (!(await this.connect())) {
      return { code: unknownCode };
    }
    const { appId, userId } = user;
    return this.ask(this.nextId++, 'session.resume', { appId, userId, sessionId, resumeToken, rooms: [] });
  }

  get canResume(): boolean {
    return this.resumeToken !== undefined;
  }

  /** Its gateway is stopped: from now on nothing is certain. */
  abandon(): void {
    this.lostAtMs = performance.now();
    this.dropSocket();
  }

  private async connect(): Promise<boolean> {
    const gateway = this.random.pick(this.cluster.gateways);
    const socket = new WebSocket(gateway.wsUrl, {
      handshakeTimeout: connectTimeoutMs,
      perMessageDeflate: false,
    });
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (!opened) {
      return false;
    }
    this.socket = socket;
    this.gateway = gateway;
    socket.on('message', (data: Buffer) => this.handleFrame(JSON.parse(data.toString('utf8')) as Frame));
    socket.on('error', () => {});
    socket.on('close', () => this.handleClose(socket));
    return true;
  }

  private dropSocket(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.terminate();
    this.giveUpWaiting();
  }

  private ask(id: number, method: string, params: unknown): Promise<Answered> {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ code: unknownCode });
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ code: unknownCode }), answerTimeoutMs);
      const settle = (answer: Answered): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), settle]);
      socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private handleFrame(frame: Frame): void {
    if (typeof frame.id !== 'number') {
      if (frame.event === 'room.expelled') {
        this.expelledCodes.push(frame.data?.code ?? 0);
      }
      return;
    }
    // Two frames with one ID are answered in any order; both are the same request.
    const [first, ...rest] = this.waiting.get(frame.id) ?? [];
    if (rest.length === 0) {
      this.waiting.delete(frame.id);
    } else {
      this.waiting.set(frame.id, rest);
    }
    const { sessionId, resumeToken, rooms } = frame.result ?? {};
    first?.({
      code: frame.error?.code ?? 0,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(resumeToken === undefined ? {} : { resumeToken }),
      ...(rooms === undefined ? {} : { roomIds: rooms.map(({ roomId }) => roomId) }),
    });
  }

  private handleClose(socket: WebSocket): void {
    if (socket === this.socket) {
      this.socket = undefined;
      this.lostAtMs = performance.now() - noticedWithinMs;
      this.giveUpWaiting();
    }
  }

  private giveUpWaiting(): void {
    const waiting = [...this.waiting.values()].flat();
    this.waiting.clear();
    waiting.forEach((settle) => settle({ code: unknownCode }));
  }
}
