import { type types } from 'mediasoup';
import { DataRate } from './data-rate.js';

const intervalMs = 1000;

interface Watched {
  rate: DataRate;
  onTooFast(): void;
}

/**
 * Counts what comes on the data producers of one router. A worker passes on whatever a client sends as fast
 * as it comes, to however many viewers, and has no limit to set: so it is asked once a second how much it was.
 * Where there are no data streams nothing is asked.
 */
export class DataWatch {
  readonly #watched = new Map<types.DataProducer, Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** Until the producer closes. */
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
        // What is gone meanwhile sends nothing any more.
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
