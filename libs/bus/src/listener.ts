import { type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { type BusSubscription } from './bus-subscription.js';

/**
 * A subscription and its running handlers. Draining the subscription alone does not wait for handlers and
 * would lose their replies.
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
      // No message arrives any more, so this set only shrinks.
      await Promise.all(this.running);
      this.onClosed();
    })();
    return this.draining;
  }
}
