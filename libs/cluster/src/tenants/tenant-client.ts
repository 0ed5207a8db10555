import { clientLeaveCloseCode } from '@polyroom/contracts';

/** An AppID with its credentials. */
export interface Tenant {
  appId: number;
  appSign: string;
}

interface Frame {
  id?: number;
  result?: unknown;
  error?: { code: number };
  event?: string;
  data?: { messages?: { content: string }[] };
}

const answerTimeoutMs = 10_000;
/** Code of a request that was not answered in time, or whose socket was closed. */
const noAnswer = -1;

/** A client of a tenant on the bare socket, which does what the SDK would prevent. */
export class TenantClient {
  private nextId = 1;
  private readonly waiting = new Map<number, (code: number) => void>();

  private constructor(
    private readonly socket: WebSocket,
    private readonly tenant: Tenant,
    readonly userId: string,
    private readonly onMessage: (content: string) => void,
  ) {
    socket.addEventListener('message', ({ data }) => this.handle(JSON.parse(String(data)) as Frame));
    socket.addEventListener('close', () => this.waiting.forEach((answer) => answer(noAnswer)));
  }

  static async connect(
    wsUrl: string,
    tenant: Tenant,
    userId: string,
    onMessage: (content: string) => void = () => {},
  ): Promise<TenantClient> {
    const socket = new WebSocket(wsUrl);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`cannot connect to ${wsUrl}`)), { once: true });
    });
    return new TenantClient(socket, tenant, userId, onMessage);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  login(roomId: string): Promise<number> {
    const { appId, appSign } = this.tenant;
    const user = { userId: this.userId, userName: this.userId };
    return this.call('room.login', { appId, appSign, mode: 'multi', roomId, user });
  }

  /** 0, or the code of the refusal. */
  call(method: string, params: object): Promise<number> {
    if (!this.isOpen) {
      return Promise.resolve(noAnswer);
    }
    const id = this.nextId++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(noAnswer), answerTimeoutMs);
      const answer = (code: number): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(code);
      };
      this.waiting.set(id, answer);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Its session can be resumed for a while. */
  close(): void {
    this.socket.close();
  }

  /** Ends its session. */
  leave(): void {
    this.socket.close(clientLeaveCloseCode);
  }

  private handle({ id, event, error, data }: Frame): void {
    if (event === 'message.received') {
      data?.messages?.forEach(({ content }) => this.onMessage(content));
    } else if (id !== undefined) {
      this.waiting.get(id)?.(error?.code ?? 0);
    }
  }
}
