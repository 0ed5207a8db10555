import { type ClientMethod, type ClientParams, type ClientResult, type WireError } from '@polyroom/contracts';

interface Frame {
  id?: number | null;
  result?: unknown;
  error?: WireError;
  event?: string;
  data?: unknown;
}

export interface ReceivedEvent {
  event: string;
  data: Record<string, unknown>;
}

/**
 * A client on the bare socket, without the SDK: what it sends is exactly what the test says, also where
 * that is nonsense.
 */
export class RawClient {
  readonly events: ReceivedEvent[] = [];
  /** Errors that answered no readable request (`id` null). */
  readonly strayErrors: WireError[] = [];
  closeCode: number | undefined;
  private nextId = 1;
  private readonly waiting = new Map<number, (frame: Frame) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', (message) =>
      this.handleFrame(JSON.parse(String(message.data)) as Frame),
    );
    socket.addEventListener('close', (event) => {
      this.closeCode = event.code;
    });
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
    // Node.js takes headers, which the type of browsers does not know.
    const socket = new WebSocket(url, { headers } as never);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`cannot connect to ${url}`)), { once: true });
    });
    return new RawClient(socket);
  }

  /** The result, or the code of the error that answered. */
  async call<M extends ClientMethod>(
    method: M,
    params: ClientParams<M>,
  ): Promise<{ code: 0; result: ClientResult<M> } | { code: number; error: WireError }> {
    const frame = await this.send(method, params);
    return frame.error === undefined
      ? { code: 0, result: frame.result as ClientResult<M> }
      : { code: frame.error.code, error: frame.error };
  }

  /** Any method with any parameters; the code that answers. */
  async codeOf(method: string, params: unknown): Promise<number> {
    return (await this.send(method, params)).error?.code ?? 0;
  }

  sendRaw(data: string | Uint8Array<ArrayBuffer>): void {
    this.socket.send(data);
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  eventsOf(event: string): Record<string, unknown>[] {
    return this.events.filter((received) => received.event === event).map((received) => received.data);
  }

  close(): void {
    this.socket.close();
  }

  private send(method: string, params: unknown): Promise<Frame> {
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private handleFrame(frame: Frame): void {
    if (frame.event !== undefined) {
      this.events.push({ event: frame.event, data: frame.data as Record<string, unknown> });
    } else if (typeof frame.id === 'number') {
      this.waiting.get(frame.id)?.(frame);
      this.waiting.delete(frame.id);
    } else if (frame.error !== undefined) {
      this.strayErrors.push(frame.error);
    }
  }
}
