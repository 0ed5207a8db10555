import { assertText } from '../arguments.js';
import { type ClientDump, type ClientEvents, type MediaState, type PublishChannel } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { PolyroomError } from '../polyroom-error.js';
import { closeProducers, notPublished, type Publication } from './publication.js';

/** The published streams, one per channel. Reports their states to the application. */
export class Publications {
  private readonly publications = new Map<PublishChannel, Publication>();

  constructor(private readonly events: Emitter<ClientEvents>) {}

  /** A copy: streams may end while it is read. */
  get all(): Publication[] {
    return [...this.publications.values()];
  }

  get freeChannel(): PublishChannel {
    const channels: PublishChannel[] = [0, 1, 2, 3];
    // With all of them busy, the check of the first one refuses the call.
    return channels.find((channel) => !this.publications.has(channel)) ?? 0;
  }

  /** Refuses a channel or a stream ID that is in use. */
  assertFree(channel: PublishChannel, streamId: string): void {
    if (this.publications.has(channel)) {
      throw PolyroomError.of('PUBLISHER_ALREADY_DO_PUBLISH', { channel });
    }
    if (this.find(streamId) !== undefined) {
      throw PolyroomError.of('PUBLISHER_REPETITIVE_PUBLISH_STREAM', { streamId });
    }
  }

  add(publication: Publication): void {
    this.publications.set(publication.channel, publication);
    this.tell(publication, 'pending');
  }

  find(streamId: string): Publication | undefined {
    return this.all.find((publication) => publication.streamId === streamId);
  }

  get(streamId: string): Publication {
    assertText('streamId', streamId, 'streamId');
    const publication = this.find(streamId);
    if (publication === undefined) {
      throw notPublished('streamId', { streamId });
    }
    return publication;
  }

  /** The final event names the rooms that showed it. */
  end(
    publication: Publication,
    error?: PolyroomError,
    roomIds: Iterable<string> = publication.roomIds,
  ): void {
    if (publication.ended) {
      return;
    }
    publication.ended = true;
    publication.tracks.close();
    this.publications.delete(publication.channel);
    closeProducers(publication);
    this.tell(publication, 'ended', error, roomIds);
  }

  tell(
    publication: Publication,
    state: MediaState = publication.state,
    error?: PolyroomError,
    roomIds: Iterable<string> = publication.roomIds,
  ): void {
    publication.state = state;
    const { endedKinds, interruptedKinds } = publication.tracks;
    this.events.emit('publicationChanged', {
      streamId: publication.streamId,
      state,
      roomIds: [...roomIds],
      ...(error === undefined ? {} : { error }),
      ...(endedKinds.length === 0 ? {} : { endedKinds }),
      ...(interruptedKinds.length === 0 ? {} : { interruptedKinds }),
    });
  }

  dump(): ClientDump['publications'] {
    return this.all.map(({ streamId, channel, state, roomIds }) => ({
      streamId,
      channel,
      state,
      roomIds: [...roomIds],
    }));
  }
}
