import { type MediaSession, type SessionRef, type TransportDirection } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { type MediaWorker } from './media-worker.js';
import { SessionTransport } from './session-transport.js';

/** One user's login from one device, anchored on one router with one transport each way. */
export class Session {
  #closed = false;

  private constructor(
    readonly ref: SessionRef,
    readonly worker: MediaWorker,
    readonly router: types.Router,
    readonly send: SessionTransport,
    readonly recv: SessionTransport,
  ) {}

  /** Opens both transports on a worker that was chosen, and counted, by the caller. */
  static async create(ref: SessionRef, worker: MediaWorker): Promise<Session> {
    const router = await worker.openRouter();
    const [send, recv] = await Promise.allSettled([
      SessionTransport.create('send', worker, router),
      SessionTransport.create('recv', worker, router),
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

  transport(direction: TransportDirection): SessionTransport {
    return direction === 'send' ? this.send : this.recv;
  }

  /** Closes the transports; whatever is left on them goes with them. Idempotent. */
  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      this.send.close();
      this.recv.close();
    }
  }
}
