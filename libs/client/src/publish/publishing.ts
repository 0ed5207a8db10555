import { KeyedQueue } from '@polyroom/async';
import { type ClientResult, type MediaKind } from '@polyroom/contracts/client';
import { type OnIntent } from '../abort.js';
import { assertChannel, assertText, illegalArgument } from '../arguments.js';
import { type ClientEvents, type PublishChannel, type PublishOptions } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type MediaConnection } from '../media/media-connection.js';
import { type MediaSlot } from '../media/media-slot.js';
import { fateOf } from '../media/stream-fate.js';
import { PolyroomError } from '../polyroom-error.js';
import { throwUnlessLost } from '../rooms/room-errors.js';
import { type Rooms } from '../rooms/rooms.js';
import { type Link } from '../signal/link.js';
import { MuteReporter } from './mute-reporter.js';
import {
  applyMutes,
  assertShown,
  closeProducers,
  newPublication,
  type Publication,
  removeRoom,
  stopped,
} from './publication.js';
import { Publications } from './publications.js';
import { assertMute, assertMuted, assertSource } from './publish-arguments.js';
import { StreamSender } from './stream-sender.js';
import { assertSettings, StreamSettings } from './stream-settings.js';
import { StreamTracks } from './stream-tracks.js';

const restoreAttempts = 6;
const restoreDelayMs = 1000;

/**
 * The streams that this client publishes: four channels, one stream each, shown in any number of its rooms.
 */
export class Publishing {
  readonly publications: Publications;
  /** Serializes the work on one channel. */
  private readonly queue = new KeyedQueue<PublishChannel>();
  private readonly sender: StreamSender;
  private readonly mutes: MuteReporter;
  readonly settings: StreamSettings;
  readonly tracks: StreamTracks;

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly rooms: Rooms,
    private readonly events: Emitter<ClientEvents>,
  ) {
    this.publications = new Publications(events);
    this.sender = new StreamSender(link, slot, rooms, events);
    this.mutes = new MuteReporter(link, slot, this.sender, this.queue);
    this.settings = new StreamSettings(link, this.mutes, this.queue, this.publications);
    this.tracks = new StreamTracks(this.publications, this.sender, this.mutes, this.queue);
    link.events.on('stream.stopped', ({ streamId, code }) => {
      const publication = this.publications.find(streamId);
      if (publication !== undefined) {
        this.publications.end(publication, PolyroomError.ofCode(code));
      }
    });
    link.events.on('stream.shared', ({ streamId, roomId, mutedKinds }) =>
      this.handleShared(streamId, roomId, mutedKinds),
    );
    link.events.on('stream.unshared', ({ streamId, roomId, code }) => {
      const publication = this.publications.find(streamId);
      if (publication !== undefined) {
        this.handleUnshared(publication, roomId, PolyroomError.ofCode(code));
      }
    });
  }

  async start(streamId: string, options: PublishOptions, onIntent?: OnIntent): Promise<void> {
    assertText('streamId', streamId, 'streamId');
    const {
      channel = this.publications.freeChannel,
      media: mediaStream,
      muted = [],
      roomId,
    } = Object(options) as PublishOptions;
    assertChannel(channel);
    assertText('roomId', roomId, 'options.roomId');
    assertMuted(muted);
    assertSettings(options);
    this.rooms.assertEntering(roomId, 'ROOM_ROOMID_INCORRECT');
    this.publications.assertFree(channel, streamId);
    assertSource(mediaStream, streamId);
    const publication = newPublication(streamId, channel, mediaStream, roomId, {
      onTrackEnded: (ended, kind) => this.tracks.handleEnded(ended, kind),
      onTrackInterrupted: (interrupted) => this.tracks.handleInterrupted(interrupted),
    });
    publication.extraInfo = options.extraInfo;
    Object.assign(publication.bitrates, options.maxBitrates);
    muted.forEach((kind) => publication.mutes.set(kind, true, undefined));
    this.publications.add(publication);
    onIntent?.(() => this.end(publication));
    let failure: PolyroomError | undefined;
    await this.queue.run(channel, async () => {
      try {
        await this.bring(publication, roomId);
      } catch (error) {
        failure = PolyroomError.from(error, 'PUBLISHER_INNER_ERROR');
        await this.sender.withdraw(publication);
        // If its room was left, the shares that were called meanwhile start it in theirs.
        if (publication.roomIds.size > 0 || isShownNowhere(publication)) {
          this.publications.end(publication, failure);
        }
      }
    });
    if (failure !== undefined) {
      await this.queue.run(channel, async () => {});
      if (publication.ended) {
        throw failure;
      }
    }
  }

  /**
   * Stops a stream in all rooms. Stopping a stream that is not published is no error.
   */
  async stop(streamId: string): Promise<void> {
    const publication = this.publications.find(streamId);
    if (publication !== undefined) {
      await this.end(publication);
    }
  }

  /**
   * Shows a published stream in one more room. Publishes it again if the servers ended it with its last room before
   * the share arrived.
   */
  async share(streamId: string, roomId: string): Promise<void> {
    const publication = this.publications.get(streamId);
    assertText('roomId', roomId, 'roomId');
    this.rooms.assertIn(roomId, 'ROOM_ROOMID_INCORRECT');
    const room = this.rooms.get(roomId);
    const { roomIds, sharing } = publication;
    const assertEntered = (): void => {
      if (this.rooms.get(roomId) !== room) {
        publication.shownIn.delete(roomId);
        throw stopped(publication);
      }
    };
    sharing.push(roomId);
    try {
      await this.queue.run(publication.channel, async () => {
        assertEntered();
        try {
          await this.sender.shareIn(publication, roomId);
        } catch (error) {
          assertEntered();
          const isGone = (error as PolyroomError).errorName === 'PUBLISHER_PUBLISH_STREAM_FAILED';
          if (!isGone || publication.ended || roomIds.size > 0) {
            throw error;
          }
          publication.media = undefined;
          await this.bring(publication, roomId);
        }
        assertEntered();
        roomIds.add(roomId);
        applyMutes(publication);
        this.settle(publication);
      });
    } finally {
      sharing.splice(sharing.indexOf(roomId), 1);
      if (isShownNowhere(publication)) {
        void this.end(publication);
      }
    }
    this.publications.tell(publication);
  }

  /**
   * Removes a stream from a room; removing it from its last room ends it, unless a share was called meanwhile. While
   * the servers are unreachable this applies locally, and at the servers when the session is resumed.
   */
  async unshare(streamId: string, roomId: string): Promise<void> {
    const publication = this.publications.get(streamId);
    assertText('roomId', roomId, 'roomId');
    await this.queue.run(publication.channel, async () => {
      if (this.mutes.canReport) {
        await this.link.call('stream.unshare', { streamId, roomId }).catch(throwUnlessLost);
      } else {
        assertShown(publication, roomId);
      }
      removeRoom(publication, roomId);
      if (isShownNowhere(publication)) {
        this.publications.end(publication, undefined, [roomId]);
      }
    });
    if (!publication.ended) {
      this.publications.tell(publication);
    }
  }

  /**
   * Mutes audio or video in one room, or in all rooms if none is named. The stream stays visible. Applies
   * locally at once, and is reported as soon as the servers are reachable.
   */
  async mute(streamId: string, kind: MediaKind, muted: boolean, roomId: string | undefined): Promise<void> {
    const publication = this.publications.get(streamId);
    if (kind !== 'audio' && kind !== 'video') {
      throw illegalArgument('kind', "expected 'audio' or 'video'");
    }
    assertMute(muted, roomId);
    const { channel } = publication;
    publication.mutes.set(kind, muted, roomId);
    applyMutes(publication);
    if (!this.mutes.canReport) {
      assertShown(publication, roomId);
      return;
    }
    await this.queue.run(channel, async () => {
      // A share that was in progress has finished by now.
      assertShown(publication, roomId);
      await this.mutes.report(publication);
    });
  }

  /** The session has new transports: all published streams move to them. */
  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all(
      this.publications.all.map((publication) =>
        this.queue.run(publication.channel, () => this.move(publication, media)),
      ),
    );
  }

  /** The user is no longer in the room. The servers have already removed its shares. */
  handleRoomLeft(roomId: string, error?: PolyroomError): void {
    for (const publication of this.publications.all) {
      this.handleUnshared(publication, roomId, error);
    }
  }

  /** The application's server shows the stream in a room. `fromRoomId` is the room whose mutes it took over. */
  handleShared(streamId: string, roomId: string, mutedKinds: MediaKind[], fromRoomId?: string): void {
    const publication = this.publications.find(streamId);
    if (publication === undefined) {
      return;
    }
    if (fromRoomId !== undefined) {
      publication.mutes.copyRoom(fromRoomId, roomId);
    }
    publication.roomIds.add(roomId);
    publication.shownIn.add(roomId);
    publication.sharedIn.add(roomId);
    applyMutes(publication);
    this.publications.tell(publication);
    if (mutedKinds.length > 0) {
      this.events.emit('streamMutedByOperator', { roomId, streamId, kinds: mutedKinds });
    }
  }

  private handleUnshared(publication: Publication, roomId: string, error?: PolyroomError): void {
    if (!removeRoom(publication, roomId)) {
      return;
    }
    if (isShownNowhere(publication, roomId)) {
      this.publications.end(publication, error, [roomId]);
    } else {
      this.publications.tell(publication, publication.state, error);
    }
  }

  handleConnectionLost(): void {
    for (const publication of this.publications.all) {
      publication.shownIn.clear();
    }
    this.handleMediaInterrupted();
  }

  /** Media flows to the servers. */
  handleConnected(): void {
    for (const publication of this.publications.all) {
      this.settle(publication);
    }
  }

  /** Media does not flow; it is retried. */
  handleMediaInterrupted(): void {
    for (const publication of this.publications.all) {
      this.publications.tell(publication, 'pending', PolyroomError.of('PUBLISHER_NETWORK_INTERRUPT'));
    }
  }

  /** Media was retried in vain. */
  giveUp(): void {
    for (const publication of this.publications.all) {
      void this.end(publication, PolyroomError.of('PUBLISHER_RETRY_TIMEOUT'));
    }
  }

  /** Streams that ended with a room or with their transports are published again by `restore`. */
  handleResumed(resumed: ClientResult<'session.resume'>): void {
    for (const publication of this.publications.all) {
      const fate = fateOf(publication, resumed, this.slot.media);
      if (fate === 'stopped') {
        this.publications.end(publication, PolyroomError.of('PUBLISHER_SERVER_FORBID'));
      } else if (fate === 'lost') {
        publication.media = undefined;
        closeProducers(publication);
      }
    }
  }

  /** A room was entered again in a new session: its streams are published and shown again. */
  restore(roomId: string): void {
    for (const publication of this.publications.all) {
      if (publication.roomIds.has(roomId)) {
        void this.queue.run(publication.channel, () => this.restoreOne(publication, roomId));
      }
    }
  }

  /** The rooms of a stream that the session still carries. */
  roomsOf(streamId: string): ReadonlySet<string> | undefined {
    const publication = this.publications.find(streamId);
    return publication?.media === this.slot.media ? publication?.roomIds : undefined;
  }

  private async end(publication: Publication, error?: PolyroomError): Promise<void> {
    if (!publication.ended) {
      this.publications.end(publication, error);
      await this.queue.run(publication.channel, () => this.sender.withdraw(publication));
    }
  }

  private async bring(publication: Publication, roomId: string): Promise<void> {
    publication.tracks.update();
    await this.sender.bring(publication, roomId);
    this.settle(publication);
  }

  /** Reports a pending stream that the servers show as active, once its media flows. */
  private settle(publication: Publication): void {
    const { media } = this.slot;
    const isCarried = publication.media === media && publication.shownIn.size > 0;
    if (isCarried && publication.state === 'pending' && media?.isConnected('send')) {
      this.publications.tell(publication, 'active');
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
      } else {
        this.settle(publication);
      }
    } catch {
      // Either a later move is next in the queue, or the stream did not start and starts over.
      if (this.slot.media === media && this.link.isOpen && !publication.ended) {
        await this.link.call('stream.stopPublish', { streamId: publication.streamId }).catch(() => undefined);
        publication.media = undefined;
        for (const roomId of publication.roomIds) {
          await this.restoreOne(publication, roomId);
        }
      }
    }
  }

  private async restoreOne(publication: Publication, roomId: string): Promise<void> {
    for (let attempt = 1; !publication.ended && publication.roomIds.has(roomId); attempt++) {
      try {
        await this.bring(publication, roomId);
        return;
      } catch (error) {
        const failure = PolyroomError.from(error, 'PUBLISHER_INNER_ERROR');
        if (publication.ended || !this.link.isOpen || !publication.roomIds.has(roomId)) {
          break;
        }
        // A stream ID stays with the old session until the servers release it.
        if (attempt === restoreAttempts || failure.errorName === 'PUBLISHER_TRACK_ENDED') {
          this.publications.end(publication, failure);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, restoreDelayMs));
      }
    }
    if (publication.ended) {
      // The servers may have it without a room.
      await this.sender.withdraw(publication);
    }
  }
}

/** Whether no room shows the stream, and no share is pending, except shares in the room that was left. */
function isShownNowhere({ roomIds, sharing }: Publication, leftRoomId?: string): boolean {
  return roomIds.size === 0 && sharing.every((roomId) => roomId === leftRoomId);
}
