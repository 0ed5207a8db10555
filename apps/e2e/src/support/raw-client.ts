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
 * A client on the bare socket, without the SDK: it sends exactly what the test specifies, invalid frames
 * included.
 */
export class RawClient {
  readonly events: ReceivedEvent[] = [];
  /** Errors in response to unreadable requests (`id` null). */
  readonly strayErrors: WireError[] = [];
  closeCode: number | undefined;
  private nextId = 1;
  private readonly waiting = new Map<
    number,
    { resolve: (frame: Frame) => void; reject: (error: Error) => void }
  >();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', (message) =>
      this.handleFrame(JSON.parse(String(message.data)) as Frame),
    );
    socket.addEventListener('close', (event) => {
      this.closeCode = event.code;
      this.waiting.forEach(({ reject }) => reject(this.closedError()));
      this.waiting.clear();
    });
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
    // Node.js accepts headers, which the browser's type lacks.
    const socket = new WebSocket(url, { headers } as never);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`cannot connect to ${url}`)), { once: true });
    });
    return new RawClient(socket);
  }

  /** The result, or the error's code. Rejects if the socket is closed. */
  async call<M extends ClientMethod>(
    method: M,
    params: ClientParams<M>,
  ): Promise<{ code: 0; result: ClientResult<M> } | { code: number; error: WireError }> {
    const frame = await this.send(method, params);
    return frame.error === undefined
      ? { code: 0, result: frame.result as ClientResult<M> }
      : { code: frame.error.code, error: frame.error };
  }

  /** Calls any method with any parameters; returns the response's code. Rejects if the socket is closed. */
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
    const sent = new Promise<Frame>((resolve, reject) => {
      if (this.closeCode !== undefined) {
        throw this.closedError();
      }
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    // A test may send a request and close the socket.
    sent.catch(() => undefined);
    return sent;
  }

  private closedError(): Error {
    return new Error(`the socket was closed with code ${this.closeCode}`);
  }

  private handleFrame(frame: Frame): void {
    if (frame.event !== undefined) {
      this.events.push({ event: frame.event, data: frame.data as Record<string, unknown> });
    } else if (typeof frame.id === 'number') {
      this.waiting.get(frame.id)?.resolve(frame);
      this.waiting.delete(frame.id);
    } else if (frame.error !== undefined) {
      this.strayErrors.push(frame.error);
    }
  }
}
