import { type types } from 'mediasoup';
import { DataRate } from './data-rate.js';

const intervalMs = 1000;

interface Watched {
  rate: DataRate;
  onTooFast(): void;
}

/**
 * Measures the message rate of the data producers of one router. mediasoup has no rate limit and forwards
 * client data at full speed to every viewer, so each producer is polled once a second. Without data streams
 * nothing is polled.
 */
export class DataWatch {
  readonly #watched = new Map<types.DataProducer, Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** Watches until the producer closes. */
  watch(producer: types.DataProducer, messagesPerSecond: number, onTooFast: () => void): void {
    this.#watched.set(producer, { rate: new DataRate(messagesPerSecond, performance.now()), onTooFast });
    producer.observer.once('close', () => {
      this.#watched.delete(producer);
      if (this.#watched.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    });
    this.#timer ??= setInterval(() => void this.#look(), intervalMs).unref();
  }

  async #look(): Promise<void> {
    await Promise.all(
      [...this.#watched].map(async ([producer, { onTooFast, rate }]) => {
        // A producer that has closed sends nothing more.
        const [stat] = await producer.getStats().catch(() => []);
        if (
          stat !== undefined &&
          !producer.closed &&
          rate.isExceededBy(stat.messagesReceived, performance.now())
        ) {
          onTooFast();
        }
      }),
    );
  }
}
