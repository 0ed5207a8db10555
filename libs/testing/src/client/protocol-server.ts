import { type AddressInfo } from 'node:net';
import {
  type ClientEvent,
  type ClientEventData,
  type ClientMethod,
  clientMethods,
  clientSubprotocol,
  type ErrorName,
  errorRegistry,
  type MediaSession,
  type RoomSnapshot,
} from '@polyroom/contracts';
import { testFakeParameters } from 'mediasoup-client';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ReceivedCall {
  method: ClientMethod;
  params: Record<string, unknown>;
  socket: WebSocket;
}

type Change = Pick<RoomSnapshot['attributes'][number], 'key' | 'value'>;

/** A handler's response: a result, or the name of an error. */
type Answer = { result: unknown } | { error: ErrorName };
export type Handler = (call: ReceivedCall) => Answer | Promise<Answer>;

/** An in-process gateway that speaks the client protocol; every response can be replaced. */
export class ProtocolServer {
  readonly calls: ReceivedCall[] = [];
  readonly sockets: WebSocket[] = [];
  readonly replaced = new Map<ClientMethod, Handler>();
  private readonly sessions = new Map<WebSocket, string>();
  /** By session. */
  private readonly rooms = new Map<string | undefined, Set<string>>();
  private sessionCount = 0;

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', (socket) => {
      this.sockets.push(socket);
      socket.on('message', (data) => void this.handle(socket, String(data)));
    });
  }

  static async start(port = 0): Promise<ProtocolServer> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      path: '/ws',
      handleProtocols: (protocols) => (protocols.has(clientSubprotocol) ? clientSubprotocol : false),
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return new ProtocolServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  callsOf(method: ClientMethod): Record<string, unknown>[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.params);
  }

  send<E extends ClientEvent>(event: E, data: ClientEventData<E>): void {
    this.sockets.at(-1)?.send(JSON.stringify({ event, data }));
  }

  /** Holds back the responses to `method` until the returned function is called. */
  hold(method: ClientMethod): () => void {
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const respond = this.replaced.get(method) ?? ((call: ReceivedCall) => this.answer(call));
    this.replaced.set(method, async (call) => {
      await released;
      return respond(call);
    });
    return release;
  }

  /** Drops all connections, as a crash does. */
  dropAll(): void {
    this.sockets.forEach((socket) => socket.terminate());
  }

  /** Keeps the connections open and reads nothing more, as a proxy that drops silently. */
  freeze(): void {
    this.sockets.forEach((socket) => socket.pause());
  }

  async close(): Promise<void> {
    this.dropAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(socket: WebSocket, text: string): Promise<void> {
    const { id, method, params } = JSON.parse(text) as {
      id: number;
      method: ClientMethod;
      params: Record<string, unknown>;
    };
    // A request that violates the contract is a bug of the SDK and must fail the test.
    clientMethods[method].params.parse(params);
    const call = { method, params, socket };
    this.calls.push(call);
    const answer = await (this.replaced.get(method) ?? ((received) => this.answer(received)))(call);
    if ('error' in answer) {
      const { code, retryable, summary } = errorRegistry[answer.error];
      socket.send(JSON.stringify({ id, error: { code, name: answer.error, message: summary, retryable } }));
    } else {
      socket.send(JSON.stringify({ id, result: answer.result }));
    }
  }

  /** The responses of a healthy cluster. */
  answer({ method, params, socket }: ReceivedCall): Answer {
    const roomIds = [params['roomId']];
    switch (method) {
      case 'room.login':
        return this.login(socket, String(params['roomId']));
      // Sessions of this server end with their sockets.
      case 'session.resume':
        return { error: 'ROOM_DISCONNECT' };
      case 'room.switch': {
        const rooms = this.roomsOf(socket);
        if (!rooms.delete(String(params['fromRoomId']))) {
          return { error: 'ROOM_ROOMID_INCORRECT' };
        }
        rooms.add(String(params['toRoomId']));
        return { result: { snapshot: this.snapshotOf(String(params['toRoomId'])) } };
      }
      case 'room.logout':
        return this.logout(socket, params['roomId'] as string | undefined);
      case 'room.setAttributes':
        return { result: { attributes: this.setAttributes(params['changes'] as Change[]) } };
      case 'stream.produce':
        return { result: { producerId: `producer-${String(params['kind'])}` } };
      case 'stream.share':
        return { result: { roomIds } };
      case 'stream.unshare':
        return { result: { roomIds: [] } };
      case 'stream.play':
        return { result: this.play(socket, String(params['streamId']), String(params['roomId'])) };
      case 'stream.stopPlay':
        return { result: { closed: true, roomIds: [] } };
      case 'message.broadcast':
        return { result: { messageId: 7, seq: 1, sentAtMs: 1 } };
      default:
        return { result: {} };
    }
  }

  private readonly bindings = new Map<string, Set<string>>();

  private login(socket: WebSocket, roomId: string): Answer {
    const isNew = !this.sessions.has(socket);
    if (isNew) {
      this.sessions.set(socket, `se_${++this.sessionCount}`);
    }
    if (this.roomsOf(socket).has(roomId)) {
      return { error: 'ROOM_ROOM_ID_HAS_BEEN_USED' };
    }
    this.roomsOf(socket).add(roomId);
    return {
      result: {
        sessionId: this.sessions.get(socket),
        snapshot: this.snapshotOf(roomId),
        ...(isNew ? { media: newMediaSession(), resumeToken: `token-${this.sessionCount}` } : {}),
      },
    };
  }

  private setAttributes(changes: Change[]): RoomSnapshot['attributes'] {
    return changes.map((change) => ({ ...change, version: 1, updatedByUserId: 'me', updatedAtMs: 1 }));
  }

  /** A session ends with its last room. */
  private logout(socket: WebSocket, roomId: string | undefined): Answer {
    const rooms = this.roomsOf(socket);
    const roomIds = [...rooms].filter((room) => roomId === undefined || room === roomId);
    if (roomId !== undefined && roomIds.length === 0) {
      return { error: 'ROOM_ROOMID_INCORRECT' };
    }
    roomIds.forEach((room) => rooms.delete(room));
    if (rooms.size === 0) {
      this.sessions.delete(socket);
    }
    return { result: { roomIds } };
  }

  /** The rooms of the socket's session. */
  roomsOf(socket: WebSocket): Set<string> {
    const sessionId = this.sessions.get(socket);
    const rooms = this.rooms.get(sessionId) ?? new Set();
    this.rooms.set(sessionId, rooms);
    return rooms;
  }

  /** Attaches a session of another socket to this one. */
  adopt(socket: WebSocket, sessionId: string): void {
    this.sessions.set(socket, sessionId);
  }

  snapshotOf(roomId: string): RoomSnapshot {
    return {
      roomId,
      roomEpoch: 'epoch',
      seq: 10,
      memberCount: 2,
      attributes: [],
      members: [
        { userId: 'me', userName: 'Me' },
        { userId: 'other', userName: 'Other' },
      ],
      streams: [
        {
          streamId: `cam-${roomId}`,
          user: { userId: 'other', userName: 'Other' },
          extraInfo: '',
          kinds: ['audio', 'video'],
        },
      ],
    };
  }

  private play(socket: WebSocket, streamId: string, roomId: string): unknown {
    const key = `${this.sessions.get(socket)} ${streamId}`;
    const roomIds = this.bindings.get(key) ?? new Set();
    const created = roomIds.size === 0;
    this.bindings.set(key, roomIds.add(roomId));
    const audio = testFakeParameters.generateConsumerRemoteParameters({ codecMimeType: 'audio/opus' });
    const video = testFakeParameters.generateConsumerRemoteParameters({ codecMimeType: 'video/VP8' });
    const consumers = [audio, video].map(({ id, producerId, kind, rtpParameters }) => ({
      consumerId: id,
      producerId,
      kind,
      rtpParameters,
    }));
    return { created, consumers, roomIds: [...roomIds] };
  }
}

export function newMediaSession(): MediaSession {
  const transport = (): MediaSession['send'] => {
    const { id, iceParameters, iceCandidates, dtlsParameters } =
      testFakeParameters.generateTransportRemoteParameters();
    return { id, iceParameters, iceCandidates, dtlsParameters } as unknown as MediaSession['send'];
  };
  return {
    nodeId: 'nd_1',
    routerRtpCapabilities: testFakeParameters.generateRouterRtpCapabilities() as unknown as Record<
      string,
      unknown
    >,
    send: transport(),
    recv: transport(),
  };
}
