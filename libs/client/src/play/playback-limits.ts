import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';
import { type Playback } from './playback.js';

/** Asks the servers to send only what the application plays. */
export class PlaybackLimits {
  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
  ) {}

  /** The servers have a new downlink, which is not limited. */
  forget(playback: Playback): void {
    playback.limit = describe({ kinds: ['audio', 'video'] });
  }

  /**
   * Call within the queue of the stream. Never rejects: muted kinds are silent here in any case, and the next
   * binding tries again.
   */
  async report(playback: Playback): Promise<void> {
    const limit = limitOf(playback);
    const text = describe(limit);
    const isCarried = !playback.ended && playback.bound.size > 0 && playback.media === this.slot.media;
    if (!isCarried || !this.link.isOpen || playback.limit === text) {
      return;
    }
    playback.limit = undefined;
    await this.link.call('stream.limit', { streamId: playback.streamId, ...limit }).then(
      () => (playback.limit = text),
      () => undefined,
    );
  }
}

interface Limit {
  kinds: ('audio' | 'video')[];
  maxLayer?: number;
}

function limitOf({ maxLayer, muted }: Playback): Limit {
  const kinds = (['audio', 'video'] as const).filter((kind) => !muted.has(kind));
  return { kinds, ...(maxLayer === undefined ? {} : { maxLayer }) };
}

function describe({ kinds, maxLayer }: Limit): string {
  return `${kinds.join()} ${maxLayer ?? ''}`;
}
