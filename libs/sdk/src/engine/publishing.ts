import { type ErrorName, findTextError, type MediaKind } from '@polyroom/contracts';
import { type Emitter } from '../emitter.js';
import { KeyedQueue } from '../keyed-queue.js';
import { type MediaConnection } from '../media/media-connection.js';
import { sendKeyFrames } from '../media/key-frames.js';
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
import { applyMutes, assertOngoing, kindsOf, newSetIn, type Publication } from './publication.js';
import { type RoomChooser } from './room-chooser.js';
import { type Rooms } from './rooms.js';

const restoreAttempts = 6;
const restoreDelayMs = 1000;

/** What this engine publishes: four channels, one stream each, shown in any number of its rooms. */
export class Publishing {
  private readonly publications = new Map<ZegoPublishChannel, Publication>();
  private readonly localStreams = new Map<ZegoPublishChannel, MediaStream>();
  /** Work on one channel, in turn. */
  private readonly queue = new KeyedQueue<ZegoPublishChannel>();

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly rooms: Rooms,
    private readonly chooser: RoomChooser,
    private readonly events: Emitter<ZegoEvents>,
  ) {}

  setLocalStream(mediaStream: MediaStream | undefined, channel: ZegoPublishChannel): void {
    if (mediaStream === undefined) {
      this.localStreams.delete(channel);
    } else {
      this.localStreams.set(channel, mediaStream);
    }
  }

  async start(
    streamID: string,
    channel: ZegoPublishChannel,
    config: ZegoPublisherConfig | undefined,
  ): Promise<void> {
    assertStreamID(streamID);
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
    if (mediaStream === undefined || mediaStream.getTracks().length === 0) {
      throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { streamID });
    }
    const publication: Publication = {
      streamID,
      channel,
      mediaStream,
      roomIDs: new Set([roomID]),
      media: undefined,
      producers: [],
      muted: new Set(),
      roomMutes: new Map(),
      state: ZegoPublisherState.NoPublish,
      ended: false,
    };
    this.publications.set(channel, publication);
    this.tell(publication, ZegoPublisherState.PublishRequesting);
    await this.queue.run(channel, async () => {
      try {
        await this.bring(publication, roomID);
      } catch (error) {
        const failure = ZegoError.from(error, 'PUBLISHER_INNER_ERROR');
        await this.undo(publication);
        this.end(publication, failure.code);
        throw failure;
      }
    });
  }

  /** Stops a stream in all rooms, by its channel or its ID. Stopping what is not published is no error. */
  async stop(which: ZegoPublishChannel | string): Promise<void> {
    const publication = typeof which === 'string' ? this.find(which) : this.publications.get(which);
    if (publication !== undefined) {
      this.end(publication, 0);
      await this.queue.run(publication.channel, () => this.undo(publication));
    }
  }

  /** Puts a track into a stream, in the place of the one of its kind where there is one, published or not. */
  async replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void> {
    for (const former of mediaStream.getTracks()) {
      if (former.kind === track.kind && former !== track) {
        mediaStream.removeTrack(former);
      }
    }
    mediaStream.addTrack(track);
    const concerned = [...this.publications.values()].filter(
      (publication) => publication.mediaStream === mediaStream,
    );
    await Promise.all(
      concerned.map((publication) =>
        this.queue.run(publication.channel, () => this.sendTrack(publication, track)),
      ),
    );
  }

  /** Shows a published stream in one more room. */
  async share(streamID: string, roomID: string): Promise<void> {
    const publication = this.get(streamID);
    this.rooms.assertIn(roomID, 'ROOM_ROOMID_INCORRECT');
    await this.queue.run(publication.channel, async () => {
      await this.shareIn(streamID, roomID);
      publication.roomIDs.add(roomID);
    });
    this.tell(publication, publication.state);
  }

  /** Takes a stream out of a room; out of its last one, it is published no more. */
  async unshare(streamID: string, roomID: string): Promise<void> {
    const publication = this.get(streamID);
    await this.queue.run(publication.channel, async () => {
      const { roomIds } = await this.link.call('stream.unshare', { streamId: streamID, roomId: roomID });
      publication.roomIDs.delete(roomID);
      publication.roomMutes.delete(roomID);
      if (roomIds.length === 0) {
        this.end(publication, 0);
      }
    });
    if (!publication.ended) {
      this.tell(publication, publication.state);
    }
  }

  /** Keeps sound or picture from one room, or from all where none is named. The stream stays shown. */
  async mute(
    kind: MediaKind,
    muted: boolean,
    channel: ZegoPublishChannel,
    roomID: string | undefined,
  ): Promise<void> {
    const publication = this.publications.get(channel);
    if (publication === undefined) {
      throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { channel, problem: 'not published' });
    }
    await this.queue.run(channel, async () => {
      await this.link.call('stream.mute', {
        streamId: publication.streamID,
        kind,
        muted,
        ...(roomID === undefined ? {} : { roomId: roomID }),
      });
      const kinds = roomID === undefined ? publication.muted : publication.roomMutes.get(roomID);
      if (muted) {
        (kinds ?? newSetIn(publication.roomMutes, roomID!)).add(kind);
      } else {
        kinds?.delete(kind);
      }
      applyMutes(publication);
    });
  }

  /** The session has other transports: everything that is published goes out over them. */
  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all(
      [...this.publications.values()].map((publication) =>
        this.queue.run(publication.channel, () => this.move(publication, media)),
      ),
    );
  }

  /** A room is gone for this user, and with it what was shown there; the servers know. */
  handleRoomLeft(roomID: string, code: number): void {
    for (const publication of [...this.publications.values()]) {
      if (!publication.roomIDs.delete(roomID)) {
        continue;
      }
      publication.roomMutes.delete(roomID);
      if (publication.roomIDs.size === 0) {
        this.end(publication, code);
      } else {
        this.tell(publication, publication.state, code);
      }
    }
  }

  handleConnectionLost(): void {
    for (const publication of this.publications.values()) {
      this.tell(
        publication,
        ZegoPublisherState.PublishRequesting,
        ZegoError.of('PUBLISHER_NETWORK_INTERRUPT').code,
      );
    }
  }

  /** A room is entered again in a new session: what was shown there is published and shown again. */
  restore(roomID: string): void {
    for (const publication of this.publications.values()) {
      if (publication.roomIDs.has(roomID)) {
        void this.queue.run(publication.channel, () => this.restoreOne(publication, roomID));
      }
    }
  }

  dump(): ZegoEngineDump['publishing'] {
    return [...this.publications.values()].map(({ streamID, channel, state, roomIDs }) => ({
      streamID,
      channel,
      state,
      roomIDs: [...roomIDs],
    }));
  }

  /** Claims the stream ID and sends its tracks, unless this session does already; then shows it in the room. */
  private async bring(publication: Publication, roomID: string): Promise<void> {
    const { streamID, channel } = publication;
    const media = await this.slot.get();
    await this.chooser.whenAsked(roomID);
    assertOngoing(publication);
    if (publication.media !== media) {
      await this.link.call('stream.publish', { streamId: streamID, channel, roomId: roomID });
      publication.media = media;
      publication.producers = [];
      for (const track of publication.mediaStream.getTracks()) {
        assertOngoing(publication);
        publication.producers.push(await media.produce(streamID, track, kindsOf(publication)));
      }
      for (const kind of publication.muted) {
        await this.link.call('stream.mute', { streamId: streamID, kind, muted: true });
      }
      applyMutes(publication);
    }
    assertOngoing(publication);
    await this.shareIn(streamID, roomID);
    for (const kind of publication.roomMutes.get(roomID) ?? []) {
      await this.link.call('stream.mute', { streamId: streamID, kind, muted: true, roomId: roomID });
    }
    assertOngoing(publication);
    this.tell(publication, ZegoPublisherState.Publishing);
  }

  /** A publication that is being brought, or moved, takes its tracks from the stream by itself. */
  private async sendTrack(publication: Publication, track: MediaStreamTrack): Promise<void> {
    const { media, streamID } = publication;
    if (publication.ended || media === undefined || media !== this.slot.media) {
      return;
    }
    const present = publication.producers.find(({ kind }) => kind === track.kind);
    if (present?.track === track) {
      return;
    }
    if (present !== undefined) {
      await present.replaceTrack({ track });
    } else {
      publication.producers.push(await media.produce(streamID, track, kindsOf(publication)));
    }
    applyMutes(publication);
  }

  /** Produces the tracks anew and lets the viewers follow; the former producers go with their connection. */
  private async move(publication: Publication, media: MediaConnection): Promise<void> {
    const { mediaStream, streamID } = publication;
    if (publication.ended || publication.media === undefined || this.slot.media !== media) {
      return;
    }
    try {
      const producers = await Promise.all(
        mediaStream.getTracks().map((track) => media.produce(streamID, track, kindsOf(publication))),
      );
      await this.link.call('stream.republish', { streamId: streamID });
      publication.media = media;
      publication.producers = producers;
      sendKeyFrames(producers);
      applyMutes(publication);
      if (publication.ended) {
        await this.undo(publication);
      }
    } catch {
      // Moved once more, and that move is next in the queue; or not at all: then from the beginning.
      if (this.slot.media === media && this.link.isOpen && !publication.ended) {
        await this.link.call('stream.stopPublish', { streamId: streamID }).catch(() => undefined);
        publication.media = undefined;
        for (const roomID of publication.roomIDs) {
          await this.restoreOne(publication, roomID);
        }
      }
    }
  }

  /** Shows it; where an operator keeps something of it from the room, that is told. */
  private async shareIn(streamID: string, roomID: string): Promise<void> {
    const { mutedKinds } = await this.link.call('stream.share', { streamId: streamID, roomId: roomID });
    if (mutedKinds !== undefined) {
      this.events.emit('roomStreamMuted', roomID, streamID, mutedKinds);
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
        // A stream ID stays with the old session until the servers have let go of it.
        if (attempt === restoreAttempts) {
          await this.undo(publication);
          this.end(publication, failure.code);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, restoreDelayMs));
      }
    }
  }

  /** Takes back what has been made of a publication so far; nothing where nothing was. */
  private async undo(publication: Publication): Promise<void> {
    for (const producer of publication.producers) {
      producer.close();
    }
    publication.producers = [];
    if (publication.media !== undefined && publication.media === this.slot.media) {
      publication.media = undefined;
      await this.link.call('stream.stopPublish', { streamId: publication.streamID }).catch(() => undefined);
    }
  }

  private end(publication: Publication, code: number): void {
    if (publication.ended) {
      return;
    }
    publication.ended = true;
    this.publications.delete(publication.channel);
    for (const producer of publication.producers) {
      producer.close();
    }
    this.tell(publication, ZegoPublisherState.NoPublish, code);
  }

  private find(streamID: string): Publication | undefined {
    return [...this.publications.values()].find((publication) => publication.streamID === streamID);
  }

  private get(streamID: string): Publication {
    assertStreamID(streamID);
    const publication = this.find(streamID);
    if (publication === undefined) {
      throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { streamID, problem: 'not published' });
    }
    return publication;
  }

  private tell(publication: Publication, state: ZegoPublisherState, errorCode = 0): void {
    publication.state = state;
    this.events.emit('publisherStateUpdate', {
      streamID: publication.streamID,
      state,
      errorCode,
      roomIDs: [...publication.roomIDs],
    });
  }
}

function assertStreamID(streamID: string): void {
  const problem: ErrorName | undefined = findTextError('streamId', streamID);
  if (problem !== undefined) {
    throw ZegoError.of(problem);
  }
}
