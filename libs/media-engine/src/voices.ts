import { type SessionRef } from '@polyroom/contracts';
import { type types } from 'mediasoup';

export interface Voice {
  session: SessionRef;
  streamId: string;
  /** dBov, -127 to 0. */
  volume: number;
}

const intervalMs = 500;
const loudestPerWorker = 32;
/** The mean of the moment: between its words a voice is silent, so this is quieter than a quiet voice. */
const thresholdDbov = -70;

/**
 * Hears the sound that is published on one router. The worker measures by itself, from what the senders write
 * into their packets, and says twice a second who is loudest: nothing is asked, and what is piped here is
 * heard where it is published.
 */
export class Voices {
  onHeard: (voices: Voice[]) => void = () => {};
  private observer: Promise<types.AudioLevelObserver> | undefined;
  private readonly speakers = new Map<string, { session: SessionRef; streamId: string }>();

  /** Until the producer closes. */
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
      // The producer or the worker was gone first; a worker that goes on is asked again by the next one.
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
      this.onHeard(
        volumes.flatMap(({ producer, volume }) => {
          const speaker = this.speakers.get(producer.id);
          return speaker === undefined ? [] : [{ ...speaker, volume }];
        }),
      );
    });
    return observer;
  }
}
