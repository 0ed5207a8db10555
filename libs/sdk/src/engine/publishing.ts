import { type MediaKind } from '@polyroom/contracts';
import {
  assertChannel,
  assertMediaStream,
  assertText,
  illegalArgument,
  refuseArgument,
} from '../arguments.js';
import { type Emitter } from '../emitter.js';
import { KeyedQueue } from '@polyroom/async';
import { type MediaConnection } from '../media/media-connection.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import {
  type ZegoEngineDump,
  type ZegoEvents,
  type ZegoPublishChannel,
  type ZegoPublisherConfig,
  ZegoPublisherState,
} from '../zego-types.js';
import { MuteReporter } from './mute-reporter.js';
import {
  applyMutes,
  assertShown,
  closeProducers,
  newPublication,
  notPublished,
  type Publication,
  removeRoom,
} from './publication.js';
import { type RoomChooser } from './room-chooser.js';
import { throwUnlessLost } from './room-results.js';
import { type Rooms } from './rooms.js';
import { StreamSender } from './stream-sender.js';

const restoreAttempts = 6;
const restoreDelayMs = 1000;

/**
 * The streams that this engine publishes: four channels, one stream each, shown in any number of its rooms.
 */
export class Publishing {
  private readonly publications = new Map<ZegoPublishChannel, Publication>();
  private readonly localStreams = new Map<ZegoPublishChannel, MediaStream>();
  /** Serializes the work on one channel. */
  private readonly queue = new KeyedQueue<ZegoPublishChannel>();
  private readonly sender: StreamSender;
  private readonly mutes: MuteReporter;

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly rooms: Rooms,
    private readonly chooser: RoomChooser,
    private readonly events: Emitter<ZegoEvents>,
  ) {
    this.sender = new StreamSender(link, slot, chooser, events);
    this.mutes = new MuteReporter(link, slot, this.sender, this.queue);
    link.events.on('stream.stopped', ({ streamId, code }) => {
      const publication = this.find(streamId);
      if (publication !== undefined) {
        this.end(publication, code);
      }
    });
    link.events.on('stream.unshared', ({ streamId, roomId, code }) => {
      const publication = this.find(streamId);
      if (publication !== undefined) {
        this.handleUnshared(publication, roomId, code);
      }
    });
  }

  setLocalStream(mediaStream: MediaStream | undefined, channel: ZegoPublishChannel): void {
    assertChannel(channel);
    if (mediaStream === undefined || mediaStream === null) {
      this.localStreams.delete(channel);
    } else {
      assertMediaStream(mediaStream, 'mediaStream');
      this.localStreams.set(channel, mediaStream);
    }
  }

  async start(
    streamID: string,
    channel: ZegoPublishChannel,
    config: ZegoPublisherConfig | undefined,
  ): Promise<void> {
    assertText('streamId', streamID, 'streamID');
    assertChannel(channel);
    const roomID = this.chooser.choose(config, {
      missing: 'PUBLISHER_PUBLISH_WHEN_USING_MULTI_ROOM',
      empty: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL',
    });
    if (this.publications.has(channel)) {
      throw ZegoError.of('PUBLISHER_ALREADY_DO_PUBLISH', { channel });
    }
    if (this.find(streamID) !== undefined) {
      throw ZegoError.of('PUBLISHER_REPETITIVE_PUBLISH_STREAM', { streamID });
    }
    const mediaStream = config?.mediaStream ?? this.localStreams.get(channel);
    if (mediaStream === undefined) {
      const problem = `missing, and setLocalStream has set none for channel ${channel}`;
      throw refuseArgument('PUBLISHER_PUBLISH_STREAM_FAILED', 'config.mediaStream', problem);
    }
    assertMediaStream(mediaStream, 'config.mediaStream');
    if (mediaStream.getTracks().length === 0) {
      throw refuseArgument('PUBLISHER_PUBLISH_STREAM_FAILED', 'config.mediaStream', 'without a track');
    }
    if (mediaStream.getTracks().every(({ readyState }) => readyState === 'ended')) {
      throw ZegoError.of('PUBLISHER_TRACK_ENDED', { streamID });
    }
    const publication = newPublication(streamID, channel, mediaStream, roomID, (ended, kind) =>
      this.handleTrackEnded(ended, kind),
    );
    this.publications.set(channel, publication);
    this.tell(publication, ZegoPublisherState.PublishRequesting);
    await this.queue.run(channel, async () => {
      try {
        await this.bring(publication, roomID);
      } catch (error) {
        const failure = ZegoError.from(error, 'PUBLISHER_INNER_ERROR');
        await this.sender.withdraw(publication);
        this.end(publication, failure.code);
        throw failure;
      }
    });
  }

  /**
   * Stops a stream in all rooms, by its channel or its ID. Stopping a stream that is not published is no
   * error.
   */
  async stop(which: ZegoPublishChannel | string): Promise<void> {
    const publication = typeof which === 'string' ? this.find(which) : this.publications.get(which);
    if (publication !== undefined) {
      this.end(publication, 0);
      await this.queue.run(publication.channel, () => this.sender.withdraw(publication));
    }
  }

  /** Adds a track to a stream, published or not, in place of the stream's track of the same kind. */
  async replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    assertMediaStream(mediaStream, 'mediaStream');
    if (typeof (Object(track) as Partial<MediaStreamTrack>).kind !== 'string') {
      throw illegalArgument('track', 'expected a MediaStreamTrack');
    }
    if (track.readyState === 'ended') {
      throw ZegoError.of('PUBLISHER_TRACK_ENDED', { kind: track.kind });
    }
    const concerned = [...this.publications.values()]
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

  /** Shows a published stream in one more room. */
  async share(streamID: string, roomID: string): Promise<void> {
    const publication = this.get(streamID);
    assertText('roomId', roomID, 'roomID');
    this.rooms.assertIn(roomID, 'ROOM_ROOMID_INCORRECT');
    await this.queue.run(publication.channel, async () => {
      await this.sender.shareIn(publication, roomID);
      publication.roomIDs.add(roomID);
      applyMutes(publication);
    });
    this.tell(publication, publication.state);
  }

  /**
   * Removes a stream from a room; removing it from its last room ends it. While the servers are unreachable
   * this applies locally, and at the servers when the session is resumed.
   */
  async unshare(streamID: string, roomID: string): Promise<void> {
    const publication = this.get(streamID);
    assertText('roomId', roomID, 'roomID');
    await this.queue.run(publication.channel, async () => {
      if (this.mutes.canReport) {
        await this.link.call('stream.unshare', { streamId: streamID, roomId: roomID }).catch(throwUnlessLost);
      } else {
        assertShown(publication, roomID);
      }
      removeRoom(publication, roomID);
      if (publication.roomIDs.size === 0) {
        this.end(publication, 0);
      }
    });
    if (!publication.ended) {
      this.tell(publication, publication.state);
    }
  }

  /**
   * Mutes audio or video in one room, or in all rooms if none is named. The stream stays visible. Applies
   * locally at once, and is reported as soon as the servers are reachable.
   */
  async mute(
    kind: MediaKind,
    muted: boolean,
    channel: ZegoPublishChannel,
    roomID: string | undefined,
  ): Promise<void> {
    const publication = this.publications.get(channel);
    if (publication === undefined) {
      throw notPublished('channel', { channel });
    }
    assertMute(muted, roomID);
    publication.mutes.set(kind, muted, roomID);
    applyMutes(publication);
    if (!this.mutes.canReport) {
      assertShown(publication, roomID);
      return;
    }
    await this.queue.run(channel, async () => {
      // A share that was in progress has finished by now.
      assertShown(publication, roomID);
      await this.mutes.report(publication);
    });
  }

  /** The session has new transports: all published streams move to them. */
  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all(
      [...this.publications.values()].map((publication) =>
        this.queue.run(publication.channel, () => this.move(publication, media)),
      ),
    );
  }

  /** The user is no longer in the room. The servers have already removed its shares. */
  handleRoomLeft(roomID: string, code: number): void {
    for (const publication of [...this.publications.values()]) {
      this.handleUnshared(publication, roomID, code);
    }
  }

  private handleUnshared(publication: Publication, roomID: string, code: number): void {
    if (!removeRoom(publication, roomID)) {
      return;
    }
    if (publication.roomIDs.size === 0) {
      this.end(publication, code);
    } else {
      this.tell(publication, publication.state, code);
    }
  }

  handleConnectionLost(): void {
    for (const publication of this.publications.values()) {
      publication.shownIn.clear();
      this.tell(
        publication,
        ZegoPublisherState.PublishRequesting,
        ZegoError.of('PUBLISHER_NETWORK_INTERRUPT').code,
      );
    }
  }

  /** A room was entered again in a new session: its streams are published and shown again. */
  restore(roomID: string): void {
    for (const publication of this.publications.values()) {
      if (publication.roomIDs.has(roomID)) {
        void this.queue.run(publication.channel, () => this.restoreOne(publication, roomID));
      }
    }
  }

  /** The rooms of a stream that the session still carries. */
  roomsOf(streamID: string): ReadonlySet<string> | undefined {
    const publication = this.find(streamID);
    return publication?.media === this.slot.media ? publication?.roomIDs : undefined;
  }

  dump(): ZegoEngineDump['publishing'] {
    return [...this.publications.values()].map(({ streamID, channel, state, roomIDs }) => ({
      streamID,
      channel,
      state,
      roomIDs: [...roomIDs],
    }));
  }

  private async bring(publication: Publication, roomID: string): Promise<void> {
    publication.tracks.update();
    await this.sender.bring(publication, roomID);
    this.tell(publication, ZegoPublisherState.Publishing);
  }

  private async sendTrack(
    publication: Publication,
    track: MediaStreamTrack,
    wasEnded: boolean,
  ): Promise<void> {
    await this.sender.sendTrack(publication, track);
    if (wasEnded && !publication.ended) {
      applyMutes(publication);
      this.tell(publication, publication.state);
      if (this.mutes.canReport) {
        await this.mutes.report(publication);
      }
    }
  }

  /** Ends a publication without a live track; otherwise mutes the kind that ended. */
  private handleTrackEnded(publication: Publication, kind: MediaKind): void {
    const { channel, tracks } = publication;
    const { code } = ZegoError.of('PUBLISHER_TRACK_ENDED');
    if (tracks.live.length === 0) {
      this.end(publication, code);
      void this.queue.run(channel, () => this.sender.withdraw(publication));
    } else if (tracks.endedKinds.includes(kind)) {
      applyMutes(publication);
      this.tell(publication, publication.state, code);
      if (this.mutes.canReport) {
        void this.queue.run(channel, () => this.mutes.report(publication)).catch(() => undefined);
      }
    }
  }

  private async move(publication: Publication, media: MediaConnection): Promise<void> {
    if (publication.ended || publication.media === undefined || this.slot.media !== media) {
      return;
    }
    try {
      await this.sender.move(publication, media);
      if (publication.ended) {
        await this.sender.withdraw(publication);
      }
    } catch {
      // Either a later move is next in the queue, or the stream did not start and starts over.
      if (this.slot.media === media && this.link.isOpen && !publication.ended) {
        await this.link.call('stream.stopPublish', { streamId: publication.streamID }).catch(() => undefined);
        publication.media = undefined;
        for (const roomID of publication.roomIDs) {
          await this.restoreOne(publication, roomID);
        }
      }
    }
  }

  private async restoreOne(publication: Publication, roomID: string): Promise<void> {
    for (let attempt = 1; !publication.ended && publication.roomIDs.has(roomID); attempt++) {
      try {
        await this.bring(publication, roomID);
        return;
      } catch (error) {
        const failure = ZegoError.from(error, 'PUBLISHER_INNER_ERROR');
        if (publication.ended || !this.link.isOpen) {
          return;
        }
        // A stream ID stays with the old session until the servers release it.
        if (attempt === restoreAttempts || failure.errorName === 'PUBLISHER_TRACK_ENDED') {
          await this.sender.withdraw(publication);
          this.end(publication, failure.code);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, restoreDelayMs));
      }
    }
  }

  private end(publication: Publication, code: number): void {
    if (publication.ended) {
      return;
    }
    publication.ended = true;
    publication.tracks.close();
    this.publications.delete(publication.channel);
    closeProducers(publication);
    this.tell(publication, ZegoPublisherState.NoPublish, code);
  }

  private find(streamID: string): Publication | undefined {
    return [...this.publications.values()].find((publication) => publication.streamID === streamID);
  }

  private get(streamID: string): Publication {
    assertText('streamId', streamID, 'streamID');
    const publication = this.find(streamID);
    if (publication === undefined) {
      throw notPublished('streamID', { streamID });
    }
    return publication;
  }

  private tell(publication: Publication, state: ZegoPublisherState, errorCode = 0): void {
    publication.state = state;
    const { endedKinds } = publication.tracks;
    this.events.emit('publisherStateUpdate', {
      streamID: publication.streamID,
      state,
      errorCode,
      roomIDs: [...publication.roomIDs],
      ...(endedKinds.length === 0 ? {} : { endedKinds }),
    });
  }
}

function assertMute(muted: unknown, roomID: unknown): void {
  if (typeof muted !== 'boolean') {
    throw illegalArgument('mute', 'expected a boolean');
  }
  if (roomID === '') {
    throw refuseArgument('PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL', 'roomID');
  }
  if (roomID !== undefined) {
    assertText('roomId', roomID, 'roomID');
  }
}
