import { Failure } from '../output/failure.js';
import { type Candidate } from './probe-candidate.js';
import { type IceCredentials } from './stun.js';

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** What the first login of a session answers about media. */
export interface MediaSession {
  nodeId: string;
  iceServers?: IceServer[];
  recv: { iceParameters: IceCredentials; iceCandidates: Candidate[] };
}

interface Frame {
  id?: number | null;
  result?: { media?: MediaSession };
  error?: { code: number; name: string; message: string };
}

export interface LoginRequest {
  appId: number;
  token: string;
  userId: string;
  roomId: string;
  mode: 'multi' | 'single';
}

const subprotocol = 'polyroom.json.v1';
/** Ends the session at once. */
const leaveCloseCode = 4900;

/** The bare client protocol (docs/protocol.md): the SDK does not show the addresses of media nodes. */
export class GatewaySocket {
  private nextId = 1;
  private readonly waiting = new Map<number, (frame: Frame) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (typeof frame.id === 'number') {
        this.waiting.get(frame.id)?.(frame);
      }
    });
  }

  /** Rejects with a Failure. */
  static open(url: string, timeoutMs: number): Promise<GatewaySocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol);
      const fail = (reason: string): void => {
        clearTimeout(timer);
        reject(new Failure(reason));
      };
      const timer = setTimeout(() => {
        fail('no answer to the upgrade');
        socket.close();
      }, timeoutMs);
      socket.addEventListener('error', (event) => {
        const { message } = event as Event & { message?: string };
        fail(message === undefined || message === '' ? 'the upgrade was refused' : message);
      });
      socket.addEventListener('open', () => {
        clearTimeout(timer);
        resolve(new GatewaySocket(socket));
      });
    });
  }

  /** Rejects with a Failure that has the code of the refusal. */
  logIn(
    { appId, mode, roomId, token, userId }: LoginRequest,
    timeoutMs: number,
  ): Promise<MediaSession | undefined> {
    const id = this.nextId++;
    const params = { appId, token, mode, roomId, user: { userId, userName: userId } };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Failure('no answer to the login')), timeoutMs);
      this.waiting.set(id, ({ error, result }) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        if (error === undefined) {
          resolve(result?.media);
        } else {
          reject(new Failure(error.message, { code: error.code, errorName: error.name }));
        }
      });
      this.socket.send(JSON.stringify({ id, method: 'room.login', params }));
    });
  }

  /** Ends the session. Idempotent. */
  close(): void {
    this.socket.close(leaveCloseCode);
  }
}
