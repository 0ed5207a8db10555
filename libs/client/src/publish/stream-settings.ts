import { type KeyedQueue } from '@polyroom/async';
import { type MediaKind } from '@polyroom/contracts/client';
import { assertExtraInfo, assertObject, illegalArgument } from '../arguments.js';
import { type PublishChannel, type PublishOptions } from '../client-types.js';
import { throwUnlessLost } from '../rooms/room-errors.js';
import { type Link } from '../signal/link.js';
import { applyBitrate, type MaxBitrates } from './bitrates.js';
import { type MuteReporter } from './mute-reporter.js';
import { type Publications } from './publications.js';

/** What the application sets of a published stream besides its tracks, rooms and mutes. */
export class StreamSettings {
  constructor(
    private readonly link: Link,
    private readonly servers: Pick<MuteReporter, 'canReport'>,
    /** Serializes the work on one channel. */
    private readonly queue: KeyedQueue<PublishChannel>,
    private readonly publications: Pick<Publications, 'get'>,
  ) {}

  /** While the servers are unreachable, or do not show the stream yet, the next share carries the text. */
  async setExtraInfo(streamId: string, extraInfo: string): Promise<void> {
    const publication = this.publications.get(streamId);
    assertExtraInfo(extraInfo, 'extraInfo');
    const former = publication.extraInfo;
    publication.extraInfo = extraInfo;
    await this.queue.run(publication.channel, async () => {
      const isLast = (): boolean => publication.extraInfo === extraInfo;
      if (publication.shownIn.size === 0 || !isLast() || !this.servers.canReport) {
        return;
      }
      try {
        await this.link.call('stream.setExtraInfo', { streamId, extraInfo }).catch(throwUnlessLost);
      } catch (error) {
        // A refused text must not make later shares fail.
        if (isLast()) {
          publication.extraInfo = former;
        }
        throw error;
      }
    });
  }

  /** Limits what is sent of one kind, now and after a reconnection. */
  async limitBitrate(streamId: string, kind: MediaKind, bitsPerSecond: number): Promise<void> {
    const publication = this.publications.get(streamId);
    assertBitrates({ [kind]: bitsPerSecond }, '');
    publication.bitrates[kind] = bitsPerSecond;
    const producers = [...publication.producers].filter((producer) => producer.kind === kind);
    await Promise.all(producers.map((producer) => applyBitrate(producer, publication.bitrates)));
  }
}

/** Checks the settings among the options of a publication. */
export function assertSettings({ extraInfo, maxBitrates = {} }: PublishOptions): void {
  assertObject(maxBitrates, 'options.maxBitrates');
  assertBitrates(maxBitrates, 'options.maxBitrates');
  if (extraInfo !== undefined) {
    assertExtraInfo(extraInfo, 'options.extraInfo');
  }
}

/** `path` is that of the object with the kinds; empty for separate arguments. */
function assertBitrates(bitrates: MaxBitrates, path: string): void {
  for (const [kind, value] of Object.entries(bitrates)) {
    if (kind !== 'audio' && kind !== 'video') {
      throw illegalArgument(path === '' ? 'kind' : `${path}.${kind}`, "expected 'audio' or 'video'");
    }
    if (!(Number(value) > 0)) {
      throw illegalArgument(path === '' ? 'bitsPerSecond' : `${path}.${kind}`, 'expected a number above 0');
    }
  }
}
