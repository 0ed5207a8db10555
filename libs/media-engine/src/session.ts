import { AppError, type MediaSession, type SessionRef, type TransportDirection } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type MediaWorker } from './media-worker.js';
import { SessionTransport } from './session-transport.js';

/** A user's login from one device, anchored on one router with a send and a receive transport. */
export class Session {
  /** In terms of `performance.now()`. */
  dataRefusedUntilMs = 0;
  #closed = false;

  private constructor(
    readonly ref: SessionRef,
    readonly worker: MediaWorker,
    readonly router: types.Router,
    readonly send: SessionTransport,
    readonly recv: SessionTransport,
  ) {}

  /** Opens both transports on a worker chosen and counted by the caller. */
  static async create(
    ref: SessionRef,
    worker: MediaWorker,
    maxDataMessageBytes: number | undefined,
    onTransportLost: (direction: TransportDirection) => void,
  ): Promise<Session> {
    const router = await worker.openRouter();
    const [send, recv] = await Promise.allSettled([
      SessionTransport.create('send', worker, router, maxDataMessageBytes, () => onTransportLost('send')),
      SessionTransport.create('recv', worker, router, maxDataMessageBytes, () => onTransportLost('recv')),
    ]);
    if (send.status === 'fulfilled' && recv.status === 'fulfilled') {
      return new Session(ref, worker, router, send.value, recv.value);
    }
    let failure: unknown;
    for (const result of [send, recv]) {
      if (result.status === 'fulfilled') {
        result.value.close();
      } else {
        failure = result.reason;
      }
    }
    throw failure;
  }

  get closed(): boolean {
    return this.#closed;
  }

  describe(nodeId: string): MediaSession {
    return {
      nodeId,
      routerRtpCapabilities: { ...this.router.rtpCapabilities },
      send: this.send.parameters,
      recv: this.recv.parameters,
    };
  }

  /** The transport of a direction. A request for another transport ID belongs to an ended session. */
  transport(direction: TransportDirection, transportId?: string): SessionTransport {
    const transport = direction === 'send' ? this.send : this.recv;
    if (transportId !== undefined && transportId !== transport.id) {
      throw new AppError('MEDIA_SESSION_NOT_FOUND', { details: { transportId } });
    }
    return transport;
  }

  /** Closes the transports and everything still on them. Idempotent. */
  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      this.send.close();
      this.recv.close();
    }
  }
}
