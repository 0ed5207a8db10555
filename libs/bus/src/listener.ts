import { type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { type BusSubscription } from './bus-subscription.js';

/**
 * One subscription and the handlers that it has running. The server knows nothing of a handler that is still
 * at work, so that draining the subscription alone would cut its answer off.
 */
export class Listener implements BusSubscription {
  private readonly subscription: Subscription;
  private readonly running = new Set<Promise<void>>();
  private draining: Promise<void> | undefined;

  constructor(
    private readonly connection: NatsConnection,
    subject: string,
    queue: string | undefined,
    handle: (message: Msg) => Promise<void>,
    onFailure: (failure: unknown, subject: string) => void,
    private readonly onClosed: () => void,
  ) {
    this.subscription = connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error !== null) {
          onFailure(error, subject);
          return;
        }
        const work = handle(message).catch((failure: unknown) => onFailure(failure, message.subject));
        this.running.add(work);
        void work.then(() => this.running.delete(work));
      },
    });
  }

  close(): void {
    this.onClosed();
    this.subscription.unsubscribe();
  }

  drain(): Promise<void> {
    this.draining ??= (async () => {
      if (!this.subscription.isClosed() && !this.connection.isClosed()) {
        await this.subscription.drain();
      }
      // Nothing new arrives any more, so that this set only shrinks.
      await Promise.all(this.running);
      this.onClosed();
    })();
    return this.draining;
  }
}
