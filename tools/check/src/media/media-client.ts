import {
  type ClientMethod,
  type ClientParams,
  type ClientResult,
  clientSubprotocol,
} from '@polyroom/contracts';

/** A WebSocket client without the SDK; it announces media and never sends any. */
export class MediaClient {
  private nextId = 1;
  /** Pending requests with their callbacks. */
  private readonly waiting = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', (message) => {
      const frame = JSON.parse(String(message.data)) as { id?: number; result?: unknown };
      if (typeof frame.id === 'number') {
        this.waiting.get(frame.id)?.(frame.result);
        this.waiting.delete(frame.id);
      }
    });
    socket.addEventListener('close', () => {
      this.waiting.forEach((answer) => answer(undefined));
      this.waiting.clear();
    });
  }

  static async connect(url: string): Promise<MediaClient> {
    const socket = new WebSocket(url, clientSubprotocol);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`cannot connect to ${url}`)), { once: true });
    });
    return new MediaClient(socket);
  }

  /** The result; undefined if it was refused or the socket closed. */
  call<M extends ClientMethod>(method: M, params: ClientParams<M>): Promise<ClientResult<M> | undefined> {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return Promise.resolve(undefined);
    }
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.waiting.set(id, (result) => resolve(result as ClientResult<M> | undefined));
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.socket.close();
  }
}
