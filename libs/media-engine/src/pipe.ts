import { type types } from 'mediasoup';
import { pipeDataOptions } from './data-transport.js';
import { type MediaWorker } from './media-worker.js';
import { type CloseReason } from './stream-source.js';
import { type Upstream } from './upstream.js';

type AnyProducer = types.Producer | types.DataProducer;

/**
 * Pipes between workers of one machine never leave it. Their ports stay below those that operators give to
 * workers (docs/media.md), so that a worker that is replaced finds its own port free.
 */
const pipeListenInfo: types.TransportListenInfo = {
  protocol: 'udp',
  ip: '127.0.0.1',
  portRange: { min: 10_000, max: 39_999 },
};

/**
 * One stream on its way from its router to another worker's, shared by all viewers there. It counts the
 * downlinks behind it and closes with the last one.
 */
export class Pipe {
  #downlinks = 0;
  #opening = 0;
  #closed = false;
  /** Under way or arrived on the target router, by the producer that it comes from. */
  readonly #arrivals = new Map<AnyProducer, Promise<string>>();
  readonly #arrived: AnyProducer[] = [];
  readonly #overloadListeners = new Set<(reason: CloseReason) => void>();

  /** @param onClosed is called once, in the same turn. */
  constructor(
    readonly upstream: Upstream,
    readonly target: MediaWorker,
    private readonly onClosed: () => void,
  ) {}

  /** Downlinks behind it, those being opened included. */
  get downlinks(): number {
    return this.#downlinks;
  }

  /** Counts one more downlink, which has to release it whatever becomes of `carry()`. */
  hold(): void {
    this.#downlinks += 1;
  }

  release(): void {
    this.#downlinks -= 1;
    this.#closeIfUnused();
  }

  /**
   * Makes sure that everything the stream has arrives, and says under which producer IDs. Where one part
   * fails it still waits for the others, so that nothing is under way once a viewer has its answer.
   */
  async carry(): Promise<string[]> {
    const arrivals = this.upstream.producers.map((producer) => this.#arrivalOf(producer));
    await Promise.allSettled(arrivals);
    return Promise.all(arrivals);
  }

  /** The same of a data stream; undefined where it is none. */
  async carryData(): Promise<string | undefined> {
    const { dataProducer } = this.upstream;
    return dataProducer && this.#arrivalOf(dataProducer);
  }

  /** Registers who has to know that messages of the stream were lost here. */
  onOverload(listener: (reason: CloseReason) => void): void {
    this.#overloadListeners.add(listener);
  }

  offOverload(listener: (reason: CloseReason) => void): void {
    this.#overloadListeners.delete(listener);
  }

  /** Concurrent first viewers share one attempt; one that failed is forgotten, so that the next viewer tries again. */
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
        // The first stream makes the pair of transports for all that follow.
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
   * Not while an attempt is under way: a new pipe of the same producer would meet the old one's ID on the
   * target router. A viewer who comes meanwhile finds this pipe and keeps it.
   */
  #closeIfUnused(): void {
    if (this.#closed || this.#downlinks > 0 || this.#opening > 0) {
      return;
    }
    this.#closed = true;
    // Closing the end that arrives closes the end that leaves.
    this.#arrived.forEach((pipeProducer) => pipeProducer.close());
    this.onClosed();
  }
}
