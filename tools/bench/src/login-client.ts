import { type ClientMethod, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { WebSocket } from 'ws';

interface Answer {
  result?: unknown;
  error?: { code: number };
}

/** A client on a gateway's WebSocket, without the SDK. */
export class LoginClient {
  private nextId = 1;
  private readonly waiting = new Map<number, (answer: Answer) => void>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly login: { appId: number; appSign: string; userId: string },
  ) {
    socket.on('message', (data: Buffer) => {
      // Events are skipped unparsed: parsing them would slow the measured processes.
      if (data.includes('"event":')) {
        return;
      }
      const frame = JSON.parse(data.toString('utf8')) as Answer & { id?: number };
      if (frame.id !== undefined) {
        this.waiting.get(frame.id)?.(frame);
        this.waiting.delete(frame.id);
      }
    });
  }

  static async connect(
    url: string,
    login: { appId: number; appSign: string; userId: string },
  ): Promise<LoginClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return new LoginClient(socket, login);
  }

  /** Throws if it is refused. */
  async enter(
    roomId: string,
    config?: ClientParams<'room.login'>['config'],
  ): Promise<ClientResult<'room.login'>> {
    const { appId, appSign, userId } = this.login;
    return this.ask('room.login', {
      appId,
      appSign,
      mode: 'multi',
      roomId,
      user: { userId, userName: userId },
      ...(config === undefined ? {} : { config }),
    });
  }

  async leave(roomId: string): Promise<void> {
    await this.ask('room.logout', { roomId });
  }

  close(): void {
    this.socket.close();
  }

  /** Throws if it is refused. */
  async ask<M extends ClientMethod>(method: M, params: ClientParams<M>): Promise<ClientResult<M>> {
    const id = this.nextId++;
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error !== undefined) {
      throw new Error(`${method} answers ${answer.error.code}`);
    }
    return answer.result as ClientResult<M>;
  }
}
