import { type types } from 'mediasoup-client';
import { type ClientResult } from '@polyroom/contracts/client';
import { type MediaState } from '../client-types.js';
import { assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { KeyedQueue, TokenBucket } from '@polyroom/async';
import { type DataLimits, type MediaConnection } from '../media/media-connection.js';
import { fateOf } from '../media/stream-fate.js';
import { throwUnlessLost } from '../rooms/room-errors.js';
import { PolyroomError } from '../polyroom-error.js';
import { whenOpen } from './data-channel.js';
import { type DataOptions } from './data-options.js';

/** A published data stream. It is sent once, regardless of the number of rooms that show it. */
interface Broadcast {
  streamId: string;
  roomIds: Set<string>;
  /** Rooms in which the servers have confirmed it since it was published. */
  sharedIn: Set<string>;
  media: MediaConnection | undefined;
  producer: types.DataProducer | undefined;
  limits: DataLimits | undefined;
  rate: TokenBucket | undefined;
  ended: boolean;
}

const restoreAttempts = 6;
const restoreDelayMs = 1000;
/** Beyond this the sender gets an error instead of a growing queue, because queued data is already late. */
const mostBufferedBytes = 256 * 1024;

/** The data streams that this client publishes. */
export class DataBroadcasts {
  private readonly broadcasts = new Map<string, Broadcast>();
  /** Serializes the work on one stream. */
  private readonly queue = new KeyedQueue<string>();

  constructor(private readonly options: DataOptions) {
    options.link.events.on('stream.stopped', ({ streamId, code }) => {
      const broadcast = this.broadcasts.get(streamId);
      if (broadcast !== undefined) {
        this.end(broadcast, PolyroomError.ofCode(code));
      }
    });
    options.link.events.on('stream.shared', ({ streamId, roomId }) => this.handleShared(streamId, roomId));
    options.link.events.on('stream.unshared', ({ streamId, roomId, code }) => {
      const broadcast = this.broadcasts.get(streamId);
      if (broadcast !== undefined) {
        this.handleUnshared(broadcast, roomId, PolyroomError.ofCode(code));
      }
    });
  }

  async start(streamId: string, roomId: string): Promise<void> {
    assertText('streamId', streamId, 'streamId');
    if (this.options.isMediaStream(streamId)) {
      throw PolyroomError.of('IM_NO_AVAILABLE_STREAM_ID', { path: 'streamId', streamId });
    }
    const present = this.broadcasts.get(streamId);
    if (present?.roomIds.has(roomId)) {
      throw PolyroomError.of('IM_REPEAT_BROADCAST', { streamId, roomId });
    }
    const broadcast = present ?? newBroadcast(streamId);
    this.broadcasts.set(streamId, broadcast);
    broadcast.roomIds.add(roomId);
    this.tell(broadcast, 'pending');
    await this.queue.run(streamId, async () => {
      try {
        await this.bring(broadcast, roomId);
      } catch (error) {
        const failure = PolyroomError.from(error, 'PUBLISHER_INNER_ERROR');
        broadcast.roomIds.delete(roomId);
        if (broadcast.roomIds.size === 0) {
          await this.undo(broadcast);
          this.end(broadcast, failure, [roomId]);
        }
        throw failure;
      }
    });
  }

  async stop(streamId: string, roomId: string): Promise<void> {
    const broadcast = this.broadcasts.get(streamId);
    if (!broadcast?.roomIds.delete(roomId)) {
      throw PolyroomError.of('IM_NO_BROADCASTING_STREAM', { streamId, roomId });
    }
    if (broadcast.roomIds.size === 0) {
      this.end(broadcast, undefined, [roomId]);
    }
    await this.queue.run(streamId, async () => {
      if (broadcast.ended) {
        await this.undo(broadcast);
      } else {
        // Reported again when the session is resumed.
        await this.options.link.call('stream.unshare', { streamId, roomId }).catch(throwUnlessLost);
      }
    });
  }

  /** The rooms of a stream that the session still carries. */
  roomsOf(streamId: string): ReadonlySet<string> | undefined {
    const broadcast = this.broadcasts.get(streamId);
    return broadcast?.media === this.options.slot.media ? broadcast?.roomIds : undefined;
  }

  async stopAll(roomId: string): Promise<void> {
    const shown = [...this.broadcasts.values()].filter(({ roomIds }) => roomIds.has(roomId));
    await Promise.all(shown.map(({ streamId }) => this.stop(streamId, roomId).catch(() => undefined)));
  }

  /** Throws a PolyroomError if the message cannot be sent. */
  send(data: ArrayBuffer | ArrayBufferView, streamId: string, roomId: string): void {
    if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) {
      throw illegalArgument('data', 'expected an ArrayBuffer or a view of one');
    }
    const broadcast = this.broadcasts.get(streamId);
    const producer = broadcast?.roomIds.has(roomId) ? broadcast.producer : undefined;
    if (producer?.readyState !== 'open' || broadcast?.limits === undefined) {
      throw PolyroomError.of('IM_REAL_TIME_SEQUENTIAL_DATA_SEND_FAILED', {
        streamId,
        problem: 'not broadcast',
      });
    }
    if (data.byteLength === 0) {
      throw refuseArgument('IM_CONTENT_NULL', 'data');
    }
    const { maxMessageBytes } = broadcast.limits;
    if (data.byteLength > maxMessageBytes) {
      throw PolyroomError.of('IM_DATA_TOO_LONG', { maxMessageBytes });
    }
    if (producer.bufferedAmount + data.byteLength > mostBufferedBytes) {
      throw PolyroomError.of('IM_REAL_TIME_SEQUENTIAL_DATA_SEND_FAILED', { streamId, problem: 'network' });
    }
    if (broadcast.rate?.take(performance.now()) !== true) {
      throw PolyroomError.of('IM_BROADCAST_MESSAGE_QPS_OVERLOAD', { streamId });
    }
    producer.send(data as ArrayBuffer);
  }

  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all(
      [...this.broadcasts.values()].map((broadcast) =>
        this.queue.run(broadcast.streamId, () => this.move(broadcast, media)),
      ),
    );
  }

  giveUp(): void {
    for (const broadcast of [...this.broadcasts.values()]) {
      this.end(broadcast, PolyroomError.of('PUBLISHER_RETRY_TIMEOUT'));
      void this.queue.run(broadcast.streamId, () => this.undo(broadcast));
    }
  }

  /** The application's server shows the stream in a room. */
  handleShared(streamId: string, roomId: string): void {
    const broadcast = this.broadcasts.get(streamId);
    if (broadcast !== undefined) {
      broadcast.roomIds.add(roomId);
      broadcast.sharedIn.add(roomId);
      this.tell(broadcast, broadcast.producer === undefined ? 'pending' : 'active');
    }
  }

  handleRoomLeft(roomId: string, error?: PolyroomError): void {
    for (const broadcast of [...this.broadcasts.values()]) {
      this.handleUnshared(broadcast, roomId, error);
    }
  }

  private handleUnshared(broadcast: Broadcast, roomId: string, error?: PolyroomError): void {
    if (broadcast.roomIds.delete(roomId) && broadcast.roomIds.size === 0) {
      this.end(broadcast, error, [roomId]);
    }
  }

  /** Streams that ended with a room or with their transports are published again by `restore`. */
  handleResumed(resumed: ClientResult<'session.resume'>): void {
    for (const broadcast of [...this.broadcasts.values()]) {
      const fate = fateOf(broadcast, resumed, this.options.slot.media);
      if (fate === 'stopped') {
        this.end(broadcast, PolyroomError.of('PUBLISHER_SERVER_FORBID'));
      } else if (fate === 'lost') {
        broadcast.media = undefined;
        broadcast.producer?.close();
        broadcast.producer = undefined;
      }
    }
  }

  restore(roomId: string): void {
    for (const broadcast of this.broadcasts.values()) {
      if (broadcast.roomIds.has(roomId)) {
        void this.queue.run(broadcast.streamId, () => this.restoreOne(broadcast, roomId));
      }
    }
  }

  /**
   * Claims the stream ID and creates its channel, unless this session already has; then shares it into the
   * room.
   */
  private async bring(broadcast: Broadcast, roomId: string): Promise<void> {
    const { link, rooms, slot } = this.options;
    const { streamId } = broadcast;
    await rooms.whenAsked(roomId);
    const media = await slot.get();
    assertWanted(broadcast, roomId);
    if (broadcast.media !== media) {
      await link.call('stream.publish', { streamId, roomId });
      broadcast.media = media;
      broadcast.sharedIn.clear();
      try {
        await this.produce(broadcast, media);
      } catch (error) {
        // The next attempt starts over: it must not find a stream without its channel.
        await this.undo(broadcast);
        throw error;
      }
    }
    assertWanted(broadcast, roomId);
    await link.call('stream.share', { streamId, roomId });
    assertWanted(broadcast, roomId);
    broadcast.sharedIn.add(roomId);
    this.tell(broadcast, 'active');
  }

  /** The former producer closes with its connection. */
  private async produce(broadcast: Broadcast, media: MediaConnection): Promise<void> {
    const { limits, producer } = await media.produceData(broadcast.streamId);
    await whenOpen(producer).catch((error: unknown) => {
      producer.close();
      throw error;
    });
    broadcast.producer = producer;
    broadcast.limits = limits;
    // The servers close a stream that exceeds the rate and tolerate a burst of three seconds; the burst of one second
    // here leaves room for messages that the network delays.
    const { messagesPerSecond } = limits;
    broadcast.rate = new TokenBucket(messagesPerSecond, messagesPerSecond, performance.now());
  }

  private async move(broadcast: Broadcast, media: MediaConnection): Promise<void> {
    const { link, slot } = this.options;
    if (broadcast.ended || broadcast.media === undefined || slot.media !== media) {
      return;
    }
    try {
      await this.produce(broadcast, media);
      broadcast.media = media;
      await link.call('stream.republish', { streamId: broadcast.streamId });
      if (broadcast.ended) {
        await this.undo(broadcast);
      }
    } catch {
      // Either a later move is next in the queue, or the stream did not start and starts over.
      if (slot.media === media && link.isOpen && !broadcast.ended) {
        await link.call('stream.stopPublish', { streamId: broadcast.streamId }).catch(() => undefined);
        broadcast.media = undefined;
        for (const roomId of broadcast.roomIds) {
          await this.restoreOne(broadcast, roomId);
        }
      }
    }
  }

  private async restoreOne(broadcast: Broadcast, roomId: string): Promise<void> {
    for (let attempt = 1; !broadcast.ended && broadcast.roomIds.has(roomId); attempt++) {
      try {
        await this.bring(broadcast, roomId);
        return;
      } catch (error) {
        if (broadcast.ended || !this.options.link.isOpen || !broadcast.roomIds.has(roomId)) {
          break;
        }
        // A stream ID stays with the old session until the servers release it.
        if (attempt === restoreAttempts) {
          this.end(broadcast, PolyroomError.from(error, 'PUBLISHER_INNER_ERROR'));
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, restoreDelayMs));
      }
    }
    if (broadcast.ended) {
      // The servers may have it without a room.
      await this.undo(broadcast);
    }
  }

  private async undo(broadcast: Broadcast): Promise<void> {
    const { link, slot } = this.options;
    broadcast.producer?.close();
    broadcast.producer = undefined;
    if (broadcast.media !== undefined && broadcast.media === slot.media) {
      broadcast.media = undefined;
      await link.call('stream.stopPublish', { streamId: broadcast.streamId }).catch(() => undefined);
    }
  }

  private end(
    broadcast: Broadcast,
    error?: PolyroomError,
    roomIds: Iterable<string> = broadcast.roomIds,
  ): void {
    if (!broadcast.ended) {
      broadcast.ended = true;
      this.broadcasts.delete(broadcast.streamId);
      broadcast.producer?.close();
      this.tell(broadcast, 'ended', error, roomIds);
    }
  }

  private tell(
    { roomIds, streamId }: Broadcast,
    state: MediaState,
    error?: PolyroomError,
    named: Iterable<string> = roomIds,
  ): void {
    this.options.events.emit('publicationChanged', {
      streamId,
      state,
      roomIds: [...named],
      ...(error === undefined ? {} : { error }),
    });
  }
}

function newBroadcast(streamId: string): Broadcast {
  return {
    streamId,
    roomIds: new Set(),
    sharedIn: new Set(),
    media: undefined,
    producer: undefined,
    limits: undefined,
    rate: undefined,
    ended: false,
  };
}

function assertWanted({ ended, roomIds, streamId }: Broadcast, roomId: string): void {
  if (ended || !roomIds.has(roomId)) {
    throw PolyroomError.of('IM_NO_BROADCASTING_STREAM', { streamId, roomId, problem: 'stopped' });
  }
}
