import {
  type ClientEvent,
  type ClientEventData,
  type ClientMethod,
  type ClientParams,
  type ClientResult,
  clientSubprotocol,
  type WireError,
} from '@polyroom/contracts/client';
import { type Emitter } from '../emitter.js';
import { PolyroomError } from '../polyroom-error.js';
import { showUrl } from './gateway-url.js';

/** Protocol events with their data. */
export type SignalEvents = { [Event in ClientEvent]: [data: ClientEventData<Event>] };

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: PolyroomError): void;
  timer: ReturnType<typeof setTimeout>;
}

const callTimeoutMs = 10_000;

/**
 * One WebSocket to one gateway: requests with IDs and deadlines, typed events. Not reusable after it closed.
 */
export class SignalConnection {
  /** Called once when the socket closes without a local `close()`. */
  onLost: ((closeCode: number) => void) | undefined;
  private readonly pending = new Map<number, PendingCall>();
  private nextId = 1;
  private closed = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly events: Emitter<SignalEvents>,
  ) {
    socket.addEventListener('message', (message) => this.handleFrame(message.data));
    socket.addEventListener('close', (close) => this.handleClosed(close.code));
  }

  /** Rejects with 1002031 after `timeoutMs`, and with 1002030 if the connection fails. */
  static open(address: string, events: Emitter<SignalEvents>, timeoutMs: number): Promise<SignalConnection> {
    const url = showUrl(address);
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address, clientSubprotocol);
      const timer = setTimeout(() => fail(PolyroomError.of('ROOM_LOGIN_TIMEOUT', { url })), timeoutMs);
      const fail = (error: PolyroomError): void => {
        clearTimeout(timer);
        socket.removeEventListener('close', refuse);
        socket.close();
        reject(error);
      };
      const refuse = (): void => fail(PolyroomError.of('ROOM_CONNECT_FAILED', { url }));
      socket.addEventListener('close', refuse, { once: true });
      // The close event that follows carries the details; without a listener Node.js treats the error as
      // uncaught.
      socket.addEventListener('error', () => {});
      socket.addEventListener(
        'open',
        () => {
          clearTimeout(timer);
          socket.removeEventListener('close', refuse);
          resolve(new SignalConnection(socket, events));
        },
        { once: true },
      );
    });
  }

  get isOpen(): boolean {
    return !this.closed && this.socket.readyState === WebSocket.OPEN;
  }

  /**
   * Sends a request and awaits the response. Rejects with the server's error, 1100002 (timeout) or 1100003
   * (closed).
   */
  call<M extends ClientMethod>(method: M, params: ClientParams<M>): Promise<ClientResult<M>> {
    if (!this.isOpen) {
      return Promise.reject(PolyroomError.of('PROTOCOL_SOCKET_CLOSED'));
    }
    const id = this.nextId++;
    return new Promise<ClientResult<M>>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(PolyroomError.of('PROTOCOL_NETWORK_TIMEOUT', { method }));
      }, callTimeoutMs);
      this.pending.set(id, { resolve: (result) => resolve(result as ClientResult<M>), reject, timer });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Idempotent; does not call `onLost`. The session is kept for its grace, except with `clientLeaveCloseCode`. */
  close(code = 1000): void {
    this.onLost = undefined;
    this.socket.close(code);
    this.handleClosed(code);
  }

  private handleFrame(data: unknown): void {
    if (this.closed || typeof data !== 'string') {
      return;
    }
    let frame: { id?: number | null; result?: unknown; error?: WireError; event?: string; data?: unknown };
    try {
      frame = JSON.parse(data) as typeof frame;
    } catch {
      return;
    }
    if (typeof frame.event === 'string') {
      // Events unknown to this build have no listener: a newer server may send more.
      this.events.emit(frame.event as ClientEvent, frame.data as never);
      return;
    }
    const call = typeof frame.id === 'number' ? this.pending.get(frame.id) : undefined;
    if (call === undefined) {
      return;
    }
    this.pending.delete(frame.id as number);
    clearTimeout(call.timer);
    if (frame.error === undefined) {
      call.resolve(frame.result);
    } else {
      call.reject(PolyroomError.fromWire(frame.error));
    }
  }

  private handleClosed(closeCode: number): void {
    if (this.closed) {
      return;
    }
    this.closed = true;
    for (const call of this.pending.values()) {
      clearTimeout(call.timer);
      call.reject(PolyroomError.of('PROTOCOL_SOCKET_CLOSED'));
    }
    this.pending.clear();
    this.onLost?.(closeCode);
  }
}
