import { type KeyedQueue } from '@polyroom/async';
import { type PublishChannel } from '../client-types.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Publication } from './publication.js';
import { type StreamSender } from './stream-sender.js';

const firstDelayMs = 500;
const lastDelayMs = 8000;

/** Reports mutes to the servers, with retries. */
export class MuteReporter {
  /** Publications with retries in progress. */
  private readonly retrying = new Set<Publication>();

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly sender: StreamSender,
    /** Serializes the work on one channel. */
    private readonly queue: KeyedQueue<PublishChannel>,
  ) {}

  /** Whether the servers are reachable. If not, the next resume or login reports the current mutes. */
  get canReport(): boolean {
    return this.link.isOpen && this.slot.isCurrent;
  }

  /** Call within the queue. Rejects if the servers refuse; retries if they may accept the mute later. */
  async report(publication: Publication): Promise<void> {
    try {
      await this.sender.reportMutes(publication);
    } catch (error) {
      const failure = PolyroomError.from(error, 'PUBLISHER_INNER_ERROR');
      if (!failure.retryable) {
        throw failure;
      }
      void this.retry(publication);
    }
  }

  private async retry(publication: Publication): Promise<void> {
    if (this.retrying.has(publication)) {
      return;
    }
    this.retrying.add(publication);
    let isPending = true;
    for (let delayMs = firstDelayMs; isPending; delayMs = Math.min(delayMs * 2, lastDelayMs)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      isPending = this.canReport && !publication.ended && (await this.isRefusedForNow(publication));
    }
    this.retrying.delete(publication);
  }

  private isRefusedForNow(publication: Publication): Promise<boolean> {
    return this.queue
      .run(publication.channel, () => this.sender.reportMutes(publication))
      .then(
        () => false,
        (error: unknown) => PolyroomError.from(error, 'PUBLISHER_INNER_ERROR').retryable,
      );
  }
}
