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
  private beforeEnd: (() => void) | undefined;

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
        this.track(handle(message).catch((failure: unknown) => onFailure(failure, message.subject)));
      },
    });
  }

  /** Waits for the work too when it drains. The work must not fail. */
  track(work: Promise<unknown>): void {
    const done = work.then(() => void this.running.delete(done));
    this.running.add(done);
  }

  /** Called once, before it stops receiving. */
  onEnding(work: () => void): void {
    this.beforeEnd = work;
  }

  close(): void {
    this.stopLocally();
    this.onClosed();
    this.subscription.unsubscribe();
  }

  drain(): Promise<void> {
    this.draining ??= (async () => {
      this.stopLocally();
      if (!this.subscription.isClosed() && !this.connection.isClosed()) {
        await this.subscription.drain();
      }
      // No message arrives any more, so this set only shrinks.
      await Promise.all(this.running);
      this.onClosed();
    })();
    return this.draining;
  }

  private stopLocally(): void {
    this.beforeEnd?.();
    this.beforeEnd = undefined;
  }
}
