import { type KeyedQueue } from '@polyroom/async';
import { type MediaKind } from '@polyroom/contracts/client';
import { assertMediaStream, illegalArgument } from '../arguments.js';
import { type PublishChannel } from '../client-types.js';
import { PolyroomError } from '../polyroom-error.js';
import { type MuteReporter } from './mute-reporter.js';
import { applyMutes, type Publication } from './publication.js';
import { type Publications } from './publications.js';
import { type StreamSender } from './stream-sender.js';

/** Changes of the tracks of streams: by the application, by their devices and by the system. */
export class StreamTracks {
  constructor(
    private readonly publications: Pick<Publications, 'all' | 'end' | 'tell'>,
    private readonly sender: Pick<StreamSender, 'sendTrack' | 'withdraw'>,
    private readonly mutes: Pick<MuteReporter, 'canReport' | 'report'>,
    /** Serializes the work on one channel. */
    private readonly queue: KeyedQueue<PublishChannel>,
  ) {}

  /** Adds a track to a stream, published or not, in place of the stream's track of the same kind. */
  async replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    assertMediaStream(mediaStream, 'mediaStream');
    if (typeof (Object(track) as Partial<MediaStreamTrack>).kind !== 'string') {
      throw illegalArgument('track', 'expected a MediaStreamTrack');
    }
    if (track.readyState === 'ended') {
      throw PolyroomError.of('PUBLISHER_TRACK_ENDED', { kind: track.kind });
    }
    const concerned = this.publications.all
      .filter((publication) => publication.mediaStream === mediaStream)
      .map((publication) => ({ publication, wasEnded: publication.tracks.endedKinds.length > 0 }));
    for (const former of mediaStream.getTracks()) {
      if (former.kind === track.kind && former !== track) {
        mediaStream.removeTrack(former);
      }
    }
    mediaStream.addTrack(track);
    await Promise.all(
      concerned.map(({ publication, wasEnded }) => {
        publication.tracks.update();
        return this.queue.run(publication.channel, () => this.sendTrack(publication, track, wasEnded));
      }),
    );
  }

  /** Removes a track from a stream, published or not; its kind is then muted in all rooms. */
  async removeTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    assertMediaStream(mediaStream, 'mediaStream');
    if (!mediaStream.getTracks().includes(track)) {
      throw illegalArgument('track', 'expected a track of the stream');
    }
    mediaStream.removeTrack(track);
    for (const publication of this.publications.all) {
      if (publication.mediaStream === mediaStream) {
        publication.tracks.update();
        this.handleEnded(publication, track.kind as MediaKind);
      }
    }
  }

  /** Ends a publication without a live track; otherwise mutes the kind that ended. */
  handleEnded(publication: Publication, kind: MediaKind): void {
    const { channel, tracks } = publication;
    const error = PolyroomError.of('PUBLISHER_TRACK_ENDED', { streamId: publication.streamId, kind });
    if (tracks.live.length === 0) {
      this.publications.end(publication, error);
      void this.queue.run(channel, () => this.sender.withdraw(publication));
    } else if (tracks.endedKinds.includes(kind)) {
      applyMutes(publication);
      this.publications.tell(publication, publication.state, error);
      if (this.mutes.canReport) {
        void this.queue.run(channel, () => this.mutes.report(publication)).catch(() => undefined);
      }
    }
  }

  /** The system muted a track, or it delivers again. Its owner decides what to do about it. */
  handleInterrupted(publication: Publication): void {
    const { streamId, tracks } = publication;
    const [kind] = tracks.interruptedKinds;
    const error =
      kind === undefined ? undefined : PolyroomError.of('PUBLISHER_TRACK_INTERRUPTED', { streamId, kind });
    this.publications.tell(publication, publication.state, error);
  }

  private async sendTrack(
    publication: Publication,
    track: MediaStreamTrack,
    wasEnded: boolean,
  ): Promise<void> {
    await this.sender.sendTrack(publication, track);
    // The application may have put the live track into the stream itself: the mute of its kind is then outdated.
    const isBack = wasEnded || publication.mutes.nextUnreported(publication.shownIn) !== undefined;
    if (isBack && !publication.ended) {
      applyMutes(publication);
      this.publications.tell(publication);
      if (this.mutes.canReport) {
        await this.mutes.report(publication);
      }
    }
  }
}
