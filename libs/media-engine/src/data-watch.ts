import { type types } from 'mediasoup';
import { TokenBucket } from '@polyroom/async';

const intervalMs = 1000;
/** Messages delayed by the network arrive together. */
const burstSeconds = 3;

interface Watched {
  bucket: TokenBucket;
  /** Messages since the producer was created, as of the last look. */
  received: number;
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
    const bucket = new TokenBucket(messagesPerSecond, messagesPerSecond * burstSeconds, performance.now());
    this.#watched.set(producer, { bucket, received: 0, onTooFast });
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
      [...this.#watched].map(async ([producer, watched]) => {
        // A producer that has closed sends nothing more.
        const [stat] = await producer.getStats().catch(() => []);
        if (stat === undefined || producer.closed) {
          return;
        }
        const newMessages = stat.messagesReceived - watched.received;
        watched.received = stat.messagesReceived;
        if (!watched.bucket.spend(newMessages, performance.now())) {
          watched.onTooFast();
        }
      }),
    );
  }
}
