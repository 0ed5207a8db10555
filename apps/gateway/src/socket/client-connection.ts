import { type Duplex } from 'node:stream';
import {
  type AppError,
  clientCloseCodes,
  type ClientEvent,
  type ClientEventData,
  newId,
} from '@polyroom/contracts';
import { type WebSocket } from 'ws';
import { SessionSlot } from '../session/session-slot.js';
import { encodeError, encodeEvent, encodeResult } from './client-frame.js';
import { socketLimits } from './socket-limits.js';
import { TickCork } from './tick-cork.js';

/** One client's socket: writes frames, counts requests, knows whether the other side is alive. */
export class ClientConnection {
  readonly connectionId = newId('correlation').slice(3, 15);
  readonly slot = new SessionSlot();
  private readonly cork: TickCork;
  private readonly pendingRequests = new Set<Promise<void>>();
  private missedPongs = 0;
  private slow = false;

  constructor(
    private readonly socket: WebSocket,
    stream: Duplex,
    /** Where the client is, as far as the gateway can see. */
    readonly clientAddress: string | undefined,
  ) {
    this.cork = new TickCork(stream);
    socket.on('pong', () => {
      this.missedPongs = 0;
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Writes a frame that is already built; a socket that does not read is closed. */
  write(frame: Buffer): void {
    if (!this.isOpen || this.slow) {
      return;
    }
    if (this.socket.bufferedAmount > socketLimits.maxBufferedBytes) {
      this.slow = true;
      // The close frame stands behind the unsent bytes; ws destroys the socket when closeTimeoutMs is over.
      this.close(clientCloseCodes.serverShutdown, 'too slow');
      return;
    }
    this.cork.hold();
    this.socket.send(frame, { binary: false });
  }

  sendResult(id: number, result: unknown): void {
    this.write(encodeResult(id, result));
  }

  sendError(id: number | null, error: AppError): void {
    this.write(encodeError(id, error));
  }

  sendEvent<E extends ClientEvent>(event: E, data: ClientEventData<E>): void {
    this.write(encodeEvent(event, data));
  }

  get requestsInFlight(): number {
    return this.pendingRequests.size;
  }

  /** Counts a request until it has been answered. */
  track(request: Promise<void>): void {
    this.pendingRequests.add(request);
    void request.finally(() => this.pendingRequests.delete(request));
  }

  /** When all requests of this moment have been answered. */
  async whenIdle(): Promise<void> {
    await Promise.allSettled([...this.pendingRequests]);
  }

  /** Sends a ping, or ends the socket when too many of them were not answered. */
  checkAlive(): void {
    if (this.missedPongs >= socketLimits.maxMissedPongs) {
      this.socket.terminate();
      return;
    }
    this.missedPongs += 1;
    this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }
}
