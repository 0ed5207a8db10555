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
import { Heartbeat } from './heartbeat.js';

/** Protocol events with their data. */
export type SignalEvents = { [Event in ClientEvent]: [data: ClientEventData<Event>] };

export interface CallOptions<M extends ClientMethod> {
  timeoutMs?: number;
  /** Gets a result that arrives after the timeout, over the same socket. */
  onLate?: ((result: ClientResult<M>) => void) | undefined;
}

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: PolyroomError): void;
  timer: ReturnType<typeof setTimeout>;
}

const callTimeoutMs = 10_000;
/** `WebSocket.OPEN`. */
const openState = 1;
/** The close code of a connection that was lost without a closing handshake. */
const abnormalCloseCode = 1006;

/**
 * One WebSocket to one gateway: requests with IDs and deadlines, typed events. Not reusable after it closed.
 */
export class SignalConnection {
  /** Called once when the socket closes without a local `close()`. */
  onLost: ((closeCode: number) => void) | undefined;
  private readonly pending = new Map<number, PendingCall>();
  private nextId = 1;
  private closed = false;
  private lastReceivedAtMs = performance.now();
  private readonly heartbeat: Heartbeat;

  private constructor(
    private readonly socket: WebSocket,
    private readonly events: Emitter<SignalEvents>,
  ) {
    socket.addEventListener('message', (message) => this.handleFrame(message.data));
    socket.addEventListener('close', (close) => this.handleClosed(close.code));
    this.heartbeat = new Heartbeat({
      ping: (timeoutMs) => this.call('session.ping', {}, { timeoutMs }),
      lastReceivedAtMs: () => this.lastReceivedAtMs,
      onDead: () => this.abandon(),
    });
  }

  /** Rejects with 1002031 after `timeoutMs`, and with 1002030 if the connection fails. */
  static open(
    address: string,
    events: Emitter<SignalEvents>,
    timeoutMs: number,
    WebSocketClass: typeof WebSocket,
  ): Promise<SignalConnection> {
    const url = showUrl(address);
    return new Promise((resolve, reject) => {
      let settled = false;
      const socket = new WebSocketClass(address, clientSubprotocol);
      const timer = setTimeout(() => fail(PolyroomError.of('ROOM_LOGIN_TIMEOUT', { url })), timeoutMs);
      const fail = (error: PolyroomError): void => {
        // Closing a socket that is not open fires an error in Node.js.
        if (!settled) {
          settled = true;
          clearTimeout(timer);
          socket.close();
          reject(error);
        }
      };
      const refuse = (): void => fail(PolyroomError.of('ROOM_CONNECT_FAILED', { url }));
      socket.addEventListener('close', refuse, { once: true });
      // Node.js 22 reports an address that refuses with an error only. The listener stays: without one, Node.js
      // treats the error as uncaught.
      socket.addEventListener('error', refuse);
      socket.addEventListener(
        'open',
        () => {
          settled = true;
          clearTimeout(timer);
          resolve(new SignalConnection(socket, events));
        },
        { once: true },
      );
    });
  }

  get isOpen(): boolean {
    return !this.closed && this.socket.readyState === openState;
  }

  /**
   * Sends a request and awaits the response. Rejects with the server's error, 1100002 (timeout) or 1100003
   * (closed).
   */
  call<M extends ClientMethod>(
    method: M,
    params: ClientParams<M>,
    { onLate, timeoutMs = callTimeoutMs }: CallOptions<M> = {},
  ): Promise<ClientResult<M>> {
    if (!this.isOpen) {
      return Promise.reject(PolyroomError.of('PROTOCOL_SOCKET_CLOSED'));
    }
    const id = this.nextId++;
    return new Promise<ClientResult<M>>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        if (onLate !== undefined) {
          const resolveLate = (result: unknown): void => onLate(result as ClientResult<M>);
          this.pending.set(id, { resolve: resolveLate, reject: () => undefined, timer });
        }
        reject(PolyroomError.of('PROTOCOL_NETWORK_TIMEOUT', { method }));
        // Slow servers time out as well: a socket that still delivers is kept.
        if (method !== 'session.ping') {
          this.heartbeat.doubt();
        }
      }, timeoutMs);
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

  /** There is reason to doubt that the socket works: probes it now. */
  doubt(): void {
    if (this.isOpen) {
      this.heartbeat.doubt();
    }
  }

  /** The socket does not work. Its closing handshake would not complete, so it is not awaited. */
  private abandon(): void {
    this.socket.close();
    this.handleClosed(abnormalCloseCode);
  }

  private handleFrame(data: unknown): void {
    this.lastReceivedAtMs = performance.now();
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
    this.heartbeat.stop();
    for (const call of this.pending.values()) {
      clearTimeout(call.timer);
      call.reject(PolyroomError.of('PROTOCOL_SOCKET_CLOSED', { closeCode }));
    }
    this.pending.clear();
    this.onLost?.(closeCode);
  }
}
