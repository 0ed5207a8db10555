import { type Duplex } from 'node:stream';
import {
  type AppError,
  clientCloseCodes,
  type ClientEvent,
  type ClientEventData,
  newId,
  socketLimits,
} from '@polyroom/contracts';
import { type WebSocket } from 'ws';
import { gatewayMetrics } from '../gateway-metrics.js';
import {
  type Caller,
  type ClientSession,
  encodeEvent,
  type OutFrame,
  type SessionConnection,
  SessionSlot,
} from '@polyroom/session';
import { encodeError, encodeResult } from './client-frame.js';
import { type FlushTick } from './flush-tick.js';
import { FrameBudget } from './frame-budget.js';
import { Outbox } from './outbox.js';
import { ReadBudget } from './read-budget.js';
import { type UnauthenticatedBudget } from './unauthenticated-budget.js';
import { type UnauthenticatedQueue } from './unauthenticated-queue.js';

/** A ping without payload (RFC 6455, 5.5.2). */
const ping: OutFrame = { bytes: Buffer.from([0x89, 0]), isLossy: false };

/** One client's socket: writes frames, counts requests, checks that the peer is alive. */
export class ClientConnection implements SessionConnection {
  readonly connectionId = newId('correlation').slice(3, 15);
  readonly slot = new SessionSlot<ClientSession>();
  readonly caller: Caller = { connection: this, slot: this.slot };
  private readonly outbox: Outbox;
  private readonly budget = new FrameBudget();
  readonly readBudget = new ReadBudget();
  private readonly pendingRequests = new Set<Promise<void>>();
  /** Called once, when the socket first has a session. */
  onAuthenticated: (() => void) | undefined;
  private readonly pauses = new Set<() => void>();
  private missedPongs = 0;
  /** Messages received so far. */
  private received = 0;
  /** `received` at the last check at which a message had arrived in part. */
  private unfinishedAfter: number | undefined;
  /** Frames that are queued because they arrived without a session; later frames must not overtake them. */
  private waitingFrames = 0;

  constructor(
    private readonly socket: WebSocket,
    stream: Duplex,
    private readonly tick: FlushTick,
    private readonly unauthenticatedBudget: UnauthenticatedBudget,
    private readonly unauthenticatedQueue: UnauthenticatedQueue,
    /** The client's address, as far as the gateway can see. */
    readonly clientAddress: string | undefined,
  ) {
    // ws writes its own control frames next to the outbox: both write whole frames, so that none is torn.
    this.outbox = new Outbox(stream, tick, {
      onDropped: () => gatewayMetrics.droppedFrames.inc(),
      onOverflow: () => {
        gatewayMetrics.slowReaders.inc();
        this.close(clientCloseCodes.tooSlow, 'reads too slowly');
      },
    });
    socket.on('pong', () => {
      this.missedPongs = 0;
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Writes an encoded frame; a socket that does not read is closed. */
  write(frame: OutFrame): void {
    if (this.isOpen) {
      this.outbox.push(frame);
    }
  }

  sendResult(id: number, result: unknown): void {
    this.write(encodeResult(id, result));
  }

  sendError(id: number | null, error: AppError): void {
    this.write(encodeError(id, error));
  }

  /** Answers a well-formed request with an error. A session is not read for a while if limits refuse it too often. */
  sendRefusal(id: number, error: AppError): void {
    this.sendError(id, error);
    if (error.category === 'resource_exhausted' && this.slot.session !== undefined) {
      this.stopReading(this.budget.takeRefusal());
    }
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
    void request.finally(() => {
      this.pendingRequests.delete(request);
      this.reportSession();
    });
  }

  private reportSession(): void {
    if (this.onAuthenticated !== undefined && this.slot.session !== undefined) {
      this.onAuthenticated();
      this.onAuthenticated = undefined;
    }
  }

  /** Whether a login or a resume is being carried out. */
  get isLoggingIn(): boolean {
    return this.requestsInFlight > 0;
  }

  /** Resolves after this time, or when the socket has closed. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.pauses.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.pauses.add(wake);
    });
  }

  /** Resolves when all requests currently in progress have been answered. */
  async whenIdle(): Promise<void> {
    await Promise.allSettled([...this.pendingRequests]);
  }

  /**
   * Counts a frame of the client and handles it: immediately if it has a session, otherwise through the queue of
   * unauthenticated connections. A client that exceeds its rate is not read for a while.
   */
  takeFrame(handle: () => void): void {
    if (!this.isOpen) {
      // A frame behind the one that closed the socket, in the same packet.
      return;
    }
    this.received += 1;
    const isUnauthenticated = this.slot.session === undefined;
    this.countFrame(isUnauthenticated);
    if (!isUnauthenticated && this.waitingFrames === 0) {
      handle();
      return;
    }
    this.waitingFrames += 1;
    this.unauthenticatedQueue.run(() => {
      this.waitingFrames -= 1;
      handle();
    });
  }

  private countFrame(isUnauthenticated: boolean): void {
    this.stopReading(
      Math.max(
        this.budget.take(!isUnauthenticated),
        isUnauthenticated ? this.unauthenticatedBudget.take() : 0,
      ),
    );
  }

  private stopReading(pauseMs: number): void {
    if (pauseMs > 0 && this.isOpen && !this.socket.isPaused) {
      this.socket.pause();
      setTimeout(() => this.socket.resume(), pauseMs);
    }
  }

  /** Counts a malformed frame. A client that exceeds the limit is disconnected. */
  countMalformedFrame(): void {
    if (this.budget.takeMalformed(this.slot.session !== undefined)) {
      this.close(clientCloseCodes.protocolError, 'too many malformed frames');
      this.cut();
    }
  }

  /** Destroys a socket that violated the protocol and was sent a close code, whether or not it responds. */
  cut(): void {
    setTimeout(() => this.socket.terminate(), socketLimits.cutTimeoutMs).unref();
    this.forgetInput();
  }

  /** The socket has closed: ends pauses and releases input that was not fully parsed. */
  handleClosed(): void {
    [...this.pauses].forEach((wake) => wake());
    this.forgetInput();
  }

  /** Releases input that was received and not fully parsed. */
  private forgetInput(): void {
    this.tick.io.forgetUnreadInput(this.socket);
  }

  /** Sends a ping, or destroys the socket after too many missed pongs. */
  checkAlive(maxMissedPongs: number): void {
    if (this.missedPongs >= maxMissedPongs) {
      this.socket.terminate();
      return;
    }
    this.missedPongs += 1;
    this.write(ping);
  }

  /** Closes the socket if the message that is arriving was arriving at the previous check; true if it did. */
  checkInput(): boolean {
    if (!this.isOpen || !this.tick.io.hasUnfinishedInput(this.socket)) {
      this.unfinishedAfter = undefined;
      return false;
    }
    if (this.unfinishedAfter !== this.received) {
      this.unfinishedAfter = this.received;
      return false;
    }
    this.close(clientCloseCodes.messageTimeout, 'a message is incomplete');
    this.cut();
    return true;
  }

  close(code: number, reason: string): void {
    this.outbox.flush();
    this.outbox.close();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }
}
