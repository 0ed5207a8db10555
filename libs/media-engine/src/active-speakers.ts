import { type SessionRef } from '@polyroom/contracts';
import { type types } from 'mediasoup';

export interface ActiveSpeaker {
  session: SessionRef;
  streamId: string;
  /** dBov, -127 to 0. */
  volume: number;
}

const intervalMs = 500;
const loudestPerWorker = 32;
/**
 * The measured level is an average that includes pauses between words, so the threshold is below that of
 * quiet speech.
 */
const thresholdDbov = -70;

/**
 * Reports the active speakers among the producers of one router. The worker computes audio levels from RTP
 * header extensions and reports the loudest twice a second, so nothing is polled. Piped audio is measured on
 * its publisher's router.
 */
export class ActiveSpeakers {
  onReport: (speakers: ActiveSpeaker[]) => void = () => {};
  private observer: Promise<types.AudioLevelObserver> | undefined;
  private readonly speakers = new Map<string, { session: SessionRef; streamId: string }>();

  /** Observes the producer until it closes. */
  async watch(
    router: types.Router,
    producer: types.Producer,
    speaker: { session: SessionRef; streamId: string },
  ): Promise<void> {
    this.speakers.set(producer.id, speaker);
    producer.observer.once('close', () => this.speakers.delete(producer.id));
    try {
      this.observer ??= this.observe(router);
      await (await this.observer).addProducer({ producerId: producer.id });
    } catch {
      // The producer or worker closed first; on a live worker the next producer retries.
      if (!producer.closed) {
        this.observer = undefined;
      }
    }
  }

  private async observe(router: types.Router): Promise<types.AudioLevelObserver> {
    const observer = await router.createAudioLevelObserver({
      interval: intervalMs,
      maxEntries: loudestPerWorker,
      threshold: thresholdDbov,
    });
    observer.on('volumes', (volumes) => {
      this.onReport(
        volumes.flatMap(({ producer, volume }) => {
          const speaker = this.speakers.get(producer.id);
          return speaker === undefined ? [] : [{ ...speaker, volume }];
        }),
      );
    });
    return observer;
  }
}
