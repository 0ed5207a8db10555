import { WebSocket } from 'ws';

/** A client on the bare WebSocket of a gateway: nothing but frames. */
export class LoginClient {
  private nextId = 1;
  private readonly waiting = new Map<number, (code: number) => void>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly login: { appId: number; appSign: string; userId: string },
  ) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as { id?: number; error?: { code: number } };
      if (frame.id !== undefined) {
        this.waiting.get(frame.id)?.(frame.error?.code ?? 0);
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

  /** Throws where it is refused. */
  async enter(roomId: string): Promise<void> {
    const { appId, appSign, userId } = this.login;
    await this.ask('room.login', {
      appId,
      appSign,
      mode: 'multi',
      roomId,
      user: { userId, userName: userId },
    });
  }

  async leave(roomId: string): Promise<void> {
    await this.ask('room.logout', { roomId });
  }

  close(): void {
    this.socket.close();
  }

  private async ask(method: string, params: unknown): Promise<void> {
    const id = this.nextId++;
    const code = await new Promise<number>((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (code !== 0) {
      throw new Error(`${method} answers ${code}`);
    }
  }
}
