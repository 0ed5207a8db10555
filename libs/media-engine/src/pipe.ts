import { type types } from 'mediasoup';
import { pipeDataOptions } from './data-transport.js';
import { type MediaWorker } from './media-worker.js';
import { defaultPipePorts } from './pipe-listen.js';
import { type CloseReason } from './stream-source.js';
import { type Upstream } from './upstream.js';

type AnyProducer = types.Producer | types.DataProducer;

/** Pipes between workers stay on the loopback interface. */
const pipeListenInfo: types.TransportListenInfo = {
  protocol: 'udp',
  ip: '127.0.0.1',
  portRange: defaultPipePorts,
};

/**
 * One stream piped from its router to that of another worker, shared by all viewers there. Counts its
 * downlinks and closes with the last one.
 */
export class Pipe {
  #downlinks = 0;
  #opening = 0;
  #closed = false;
  /** Pending or arrived on the target router, by source producer. */
  readonly #arrivals = new Map<AnyProducer, Promise<string>>();
  readonly #arrived: AnyProducer[] = [];
  readonly #overloadListeners = new Set<(reason: CloseReason) => void>();

  /** @param onClosed is called once, in the same event-loop tick. */
  constructor(
    readonly upstream: Upstream,
    readonly target: MediaWorker,
    private readonly onClosed: () => void,
  ) {}

  /** Number of downlinks, including those being opened. */
  get downlinks(): number {
    return this.#downlinks;
  }

  /** Counts one more downlink, which must release the pipe even if `carry()` rejects. */
  hold(): void {
    this.#downlinks += 1;
  }

  release(): void {
    this.#downlinks -= 1;
    this.#closeIfUnused();
  }

  /**
   * Waits until everything the stream has is on the target router and returns the producer IDs there. If one
   * part fails it still waits for the rest, so that nothing is pending once a viewer has its reply.
   */
  async carry(): Promise<string[]> {
    const arrivals = this.upstream.producers.map((producer) => this.#arrivalOf(producer));
    await Promise.allSettled(arrivals);
    return Promise.all(arrivals);
  }

  /** The same for a data stream; undefined if the stream carries no data. */
  async carryData(): Promise<string | undefined> {
    const { dataProducer } = this.upstream;
    return dataProducer && this.#arrivalOf(dataProducer);
  }

  /** Registers a listener for messages of the stream lost in this pipe. */
  onOverload(listener: (reason: CloseReason) => void): void {
    this.#overloadListeners.add(listener);
  }

  offOverload(listener: (reason: CloseReason) => void): void {
    this.#overloadListeners.delete(listener);
  }

  /**
   * Concurrent first viewers share one attempt. A failed attempt is dropped, so that the next viewer retries.
   */
  #arrivalOf(producer: AnyProducer): Promise<string> {
    const present = this.#arrivals.get(producer);
    if (present !== undefined) {
      return present;
    }
    const arrival = this.#open(producer);
    this.#arrivals.set(producer, arrival);
    arrival.catch(() => this.#arrivals.delete(producer));
    return arrival;
  }

  async #open(producer: AnyProducer): Promise<string> {
    this.#opening += 1;
    try {
      const router = await this.target.openRouter();
      const isData = producer === this.upstream.dataProducer;
      const piped = await this.upstream.session.router.pipeToRouter({
        ...(isData ? { dataProducerId: producer.id } : { producerId: producer.id }),
        router,
        listenInfo: pipeListenInfo,
        // The first stream creates the transport pair for all later ones.
        ...pipeDataOptions,
      });
      const arrived = piped.pipeProducer ?? piped.pipeDataProducer;
      if (arrived === undefined) {
        throw new Error('mediasoup made no pipe producer');
      }
      piped.pipeDataConsumer?.on('sctpsendbufferfull', () =>
        [...this.#overloadListeners].forEach((listener) => listener('overloaded')),
      );
      this.#arrived.push(arrived);
      return arrived.id;
    } finally {
      this.#opening -= 1;
      this.#closeIfUnused();
    }
  }

  /**
   * Not during an attempt: a new pipe of the same producer would collide with the old producer ID on the
   * target router. A viewer that arrives meanwhile reuses this pipe.
   */
  #closeIfUnused(): void {
    if (this.#closed || this.#downlinks > 0 || this.#opening > 0) {
      return;
    }
    this.#closed = true;
    // Closing the receiving end closes the sending end.
    this.#arrived.forEach((pipeProducer) => pipeProducer.close());
    this.onClosed();
  }
}
