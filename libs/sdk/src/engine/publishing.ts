import { type ErrorName, findTextError, type MediaKind } from '@polyroom/contracts';
import { type Emitter } from '../emitter.js';
import { KeyedQueue } from '../keyed-queue.js';
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
import { applyMutes, closeProducers, newPublication, type Publication, removeRoom } from './publication.js';
import { type RoomChooser } from './room-chooser.js';
import { throwUnlessLost } from './room-results.js';
import { type Rooms } from './rooms.js';
import { StreamSender } from './stream-sender.js';

const restoreAttempts = 6;
const restoreDelayMs = 1000;
const firstReportDelayMs = 500;
const lastReportDelayMs = 8000;

/** What this engine publishes: four channels, one stream each, shown in any number of its rooms. */
export class Publishing {
  private readonly publications = new Map<ZegoPublishChannel, Publication>();
  private readonly localStreams = new Map<ZegoPublishChannel, MediaStream>();
  /** Work on one channel, in turn. */
  private readonly queue = new KeyedQueue<ZegoPublishChannel>();
  private readonly sender: StreamSender;
  /** Publications with retries of mute reports in progress. */
  private readonly reporting = new Set<Publication>();

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly rooms: Rooms,
    private readonly chooser: RoomChooser,
    private readonly events: Emitter<ZegoEvents>,
  ) {
    this.sender = new StreamSender(link, slot, chooser, events);
  }

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
    const publication = newPublication(streamID, channel, mediaStream, roomID);
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

  /** Stops a stream in all rooms, by its channel or its ID. Stopping what is not published is no error. */
  async stop(which: ZegoPublishChannel | string): Promise<void> {
    const publication = typeof which === 'string' ? this.find(which) : this.publications.get(which);
    if (publication !== undefined) {
      this.end(publication, 0);
      await this.queue.run(publication.channel, () => this.sender.withdraw(publication));
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
        this.queue.run(publication.channel, () => this.sender.sendTrack(publication, track)),
      ),
    );
  }

  /** Shows a published stream in one more room. */
  async share(streamID: string, roomID: string): Promise<void> {
    const publication = this.get(streamID);
    this.rooms.assertIn(roomID, 'ROOM_ROOMID_INCORRECT');
    await this.queue.run(publication.channel, async () => {
      await this.sender.shareIn(publication, roomID);
      publication.roomIDs.add(roomID);
      applyMutes(publication);
    });
    this.tell(publication, publication.state);
  }

  /**
   * Takes a stream out of a room; out of its last one, it is published no more. While the servers are out of
   * reach this applies locally, and to them when the session is resumed.
   */
  async unshare(streamID: string, roomID: string): Promise<void> {
    const publication = this.get(streamID);
    await this.queue.run(publication.channel, async () => {
      if (this.canReport) {
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
   * Keeps audio or video from one room, or from all where none is named. The stream stays shown. Applies
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
      throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { channel, problem: 'not published' });
    }
    assertMute(muted, roomID);
    publication.mutes.set(kind, muted, roomID);
    applyMutes(publication);
    if (!this.canReport) {
      assertShown(publication, roomID);
      return;
    }
    await this.queue.run(channel, async () => {
      // A share that was in progress is done by now.
      assertShown(publication, roomID);
      try {
        await this.sender.reportMutes(publication);
      } catch (error) {
        const failure = ZegoError.from(error, 'PUBLISHER_INNER_ERROR');
        if (!failure.retryable) {
          throw failure;
        }
        void this.keepReportingMutes(publication);
      }
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
      if (!removeRoom(publication, roomID)) {
        continue;
      }
      if (publication.roomIDs.size === 0) {
        this.end(publication, code);
      } else {
        this.tell(publication, publication.state, code);
      }
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

  /** A room is entered again in a new session: what was shown there is published and shown again. */
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
    await this.sender.bring(publication, roomID);
    this.tell(publication, ZegoPublisherState.Publishing);
  }

  /** Whether the servers are reachable. Otherwise the next resume or login publishes what there is by then. */
  private get canReport(): boolean {
    return this.link.isOpen && this.slot.isCurrent;
  }

  /** Retries after a timeout or a retryable refusal, for as long as the connection is there. */
  private async keepReportingMutes(publication: Publication): Promise<void> {
    if (this.reporting.has(publication)) {
      return;
    }
    this.reporting.add(publication);
    let isPending = true;
    for (let delayMs = firstReportDelayMs; isPending; delayMs = Math.min(delayMs * 2, lastReportDelayMs)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      isPending = this.canReport && !publication.ended;
      if (isPending) {
        isPending = await this.queue
          .run(publication.channel, () => this.sender.reportMutes(publication))
          .then(
            () => false,
            (error) => ZegoError.from(error, 'PUBLISHER_INNER_ERROR').retryable,
          );
      }
    }
    this.reporting.delete(publication);
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
      // Moved once more, and that move is next in the queue; or not at all: then from the beginning.
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
        // A stream ID stays with the old session until the servers have let go of it.
        if (attempt === restoreAttempts) {
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
    this.publications.delete(publication.channel);
    closeProducers(publication);
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

function assertMute(muted: unknown, roomID: unknown): void {
  if (typeof muted !== 'boolean') {
    throw ZegoError.of('COMMON_ILLEGAL_PARAM', { path: 'mute' });
  }
  if (roomID === '') {
    throw ZegoError.of('PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL');
  }
  const problem = roomID === undefined ? undefined : findTextError('roomId', roomID as string);
  if (problem !== undefined) {
    throw ZegoError.of(problem, { path: 'roomID' });
  }
}

/** Refuses, and forgets, a mute in a room that does not show the stream. */
function assertShown(publication: Publication, roomID: string | undefined): void {
  const { ended, mutes, roomIDs, streamID } = publication;
  if (roomID !== undefined && !roomIDs.has(roomID) && !ended) {
    mutes.forgetRoom(roomID);
    throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { streamID, roomID, problem: 'not shared' });
  }
}
