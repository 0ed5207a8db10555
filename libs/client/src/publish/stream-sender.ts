import { type types } from 'mediasoup-client';
import { type ClientEvents } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { sendKeyFrames } from '../media/key-frames.js';
import { type MediaConnection } from '../media/media-connection.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Rooms } from '../rooms/rooms.js';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { applyBitrate } from './bitrates.js';
import { applyMutes, assertOngoing, closeProducers, type Publication } from './publication.js';

/** Publishes to the servers: claims the stream ID, produces the tracks, shares into rooms, reports mutes. */
export class StreamSender {
  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly rooms: Rooms,
    private readonly events: Emitter<ClientEvents>,
  ) {}

  /**
   * Claims the stream ID and sends its tracks, unless this session already does; then shares it into the
   * room.
   */
  async bring(publication: Publication, roomId: string): Promise<void> {
    const { streamId, channel } = publication;
    await this.rooms.whenAsked(roomId);
    const media = await this.slot.get();
    assertOngoing(publication);
    if (publication.media !== media) {
      await this.link.call('stream.publish', { streamId, channel, roomId });
      publication.media = media;
      closeProducers(publication);
      publication.shownIn.clear();
      publication.sharedIn.clear();
      publication.mutes.forgetReports();
      try {
        await this.produceAll(publication, media);
        // Before the first room shows it.
        await this.reportMutes(publication);
      } catch (error) {
        // The next attempt starts over: it must not find a stream without its tracks.
        await this.withdraw(publication);
        throw error;
      }
    }
    assertOngoing(publication, roomId);
    await this.shareIn(publication, roomId);
  }

  /** Shares the stream into the room with its mutes, and emits the kinds that an operator has muted there. */
  async shareIn(publication: Publication, roomId: string): Promise<void> {
    const { extraInfo, mutes, sharedIn, shownIn, streamId } = publication;
    const text = extraInfo === undefined ? {} : { extraInfo };
    const { mutedKinds } = await this.link.call('stream.share', { streamId, roomId, ...text });
    assertOngoing(publication, roomId);
    shownIn.add(roomId);
    sharedIn.add(roomId);
    mutes.doubtReports(roomId);
    if (mutedKinds !== undefined) {
      this.events.emit('streamMutedByOperator', { roomId, streamId, kinds: mutedKinds });
    }
    await this.reportMutes(publication);
    assertOngoing(publication, roomId);
  }

  /** A publication that is starting or moving takes its tracks from the stream by itself. */
  async sendTrack(publication: Publication, track: MediaStreamTrack): Promise<void> {
    const { media } = publication;
    if (publication.ended || media === undefined || media !== this.slot.media) {
      return;
    }
    const present = [...publication.producers].filter(({ kind }) => kind === track.kind);
    if (present.length === 0) {
      await this.produce(publication, media, track);
    }
    await Promise.all(present.map((producer) => replaceTrack(producer, track)));
  }

  /**
   * Produces the tracks on the new connection and lets viewers follow; the former producers close with
   * theirs.
   */
  async move(publication: Publication, media: MediaConnection): Promise<void> {
    const { streamId } = publication;
    const producers = await this.produceAll(publication, media);
    await this.link.call('stream.republish', { streamId });
    publication.media = media;
    sendKeyFrames(producers);
    // The gateway restores the mutes reported earlier; this reports the remaining ones.
    await this.reportMutes(publication);
  }

  /** Reports pending mutes. While the servers do not carry the stream, that is left to `bring`. */
  async reportMutes(publication: Publication): Promise<void> {
    const { mutes, shownIn, streamId } = publication;
    const isCarried = (): boolean =>
      !publication.ended && publication.media !== undefined && publication.media === this.slot.media;
    for (
      let mute = mutes.nextUnreported(shownIn);
      mute && isCarried();
      mute = mutes.nextUnreported(shownIn)
    ) {
      const { kind, roomId } = mute;
      await mutes.report(mute, (muted) =>
        this.link.call('stream.mute', {
          streamId,
          kind,
          muted,
          ...(roomId === undefined ? {} : { roomId }),
        }),
      );
    }
  }

  /** Reverts a partial publication; without effect if nothing was claimed. */
  async withdraw(publication: Publication): Promise<void> {
    closeProducers(publication);
    if (publication.media !== undefined && publication.media === this.slot.media) {
      publication.media = undefined;
      await this.link.call('stream.stopPublish', { streamId: publication.streamId }).catch(() => undefined);
    }
  }

  /** Produces all live tracks in parallel. Waits for all of them, so that a failure of one can be undone for all. */
  private async produceAll(publication: Publication, media: MediaConnection): Promise<types.Producer[]> {
    const producing = getLiveTracks(publication).map((track) => this.produce(publication, media, track));
    await Promise.allSettled(producing);
    return Promise.all(producing);
  }

  /** Applies the mutes as soon as the producer exists, before the servers respond. */
  private produce(
    publication: Publication,
    media: MediaConnection,
    track: MediaStreamTrack,
  ): Promise<types.Producer> {
    const { producers, streamId, tracks } = publication;
    return media.produce(streamId, track, tracks.liveKinds, (producer) => {
      if (publication.ended) {
        producer.close();
        return;
      }
      producers.add(producer);
      producer.observer.on('close', () => producers.delete(producer));
      applyMutes(publication);
      // The encoder starts with its defaults; a browser without this setting keeps them.
      applyBitrate(producer, publication.bitrates).catch(() => undefined);
    });
  }
}

/** Ended tracks cannot be produced. Throws if no live track remains. */
function getLiveTracks({ streamId, tracks }: Publication): MediaStreamTrack[] {
  const { live } = tracks;
  if (live.length === 0) {
    throw PolyroomError.of('PUBLISHER_TRACK_ENDED', { streamId });
  }
  return live;
}

async function replaceTrack(producer: types.Producer, track: MediaStreamTrack): Promise<void> {
  try {
    await producer.replaceTrack({ track });
  } catch (error) {
    // Closed with its connection. The next connection produces the stream's tracks at that time.
    if (!producer.closed) {
      throw error;
    }
  }
}
