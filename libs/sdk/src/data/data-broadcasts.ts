import { type types } from 'mediasoup-client';
import { assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { KeyedQueue, TokenBucket } from '@polyroom/async';
import { type DataLimits, type MediaConnection } from '../media/media-connection.js';
import { throwUnlessLost } from '../engine/room-results.js';
import { ZegoError } from '../zego-error.js';
import { ZegoPublisherState } from '../zego-types.js';
import { whenOpen } from './data-channel.js';
import { type SequentialDataOptions } from './sequential-data-options.js';

/** A published data stream. It is sent once, regardless of the number of rooms that show it. */
interface Broadcast {
  streamID: string;
  roomIDs: Set<string>;
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

/** The data streams that this engine broadcasts. */
export class DataBroadcasts {
  private readonly broadcasts = new Map<string, Broadcast>();
  /** Serializes the work on one stream. */
  private readonly queue = new KeyedQueue<string>();

  constructor(private readonly options: SequentialDataOptions) {
    options.link.events.on('stream.stopped', ({ streamId, code }) => {
      const broadcast = this.broadcasts.get(streamId);
      if (broadcast !== undefined) {
        this.end(broadcast, code);
      }
    });
    options.link.events.on('stream.unshared', ({ streamId, roomId, code }) => {
      const broadcast = this.broadcasts.get(streamId);
      if (broadcast !== undefined) {
        this.handleUnshared(broadcast, roomId, code);
      }
    });
  }

  async start(streamID: string, roomID: string): Promise<void> {
    assertText('streamId', streamID, 'streamID');
    if (this.options.isMediaStream(streamID)) {
      throw ZegoError.of('IM_NO_AVAILABLE_STREAM_ID', { path: 'streamID', streamID });
    }
    const present = this.broadcasts.get(streamID);
    if (present?.roomIDs.has(roomID)) {
      throw ZegoError.of('IM_REPEAT_BROADCAST', { streamID, roomID });
    }
    const broadcast = present ?? newBroadcast(streamID);
    this.broadcasts.set(streamID, broadcast);
    broadcast.roomIDs.add(roomID);
    this.tell(broadcast, ZegoPublisherState.PublishRequesting);
    await this.queue.run(streamID, async () => {
      try {
        await this.bring(broadcast, roomID);
      } catch (error) {
        const failure = ZegoError.from(error, 'PUBLISHER_INNER_ERROR');
        broadcast.roomIDs.delete(roomID);
        if (broadcast.roomIDs.size === 0) {
          await this.undo(broadcast);
          this.end(broadcast, failure.code);
        }
        throw failure;
      }
    });
  }

  async stop(streamID: string, roomID: string): Promise<void> {
    const broadcast = this.broadcasts.get(streamID);
    if (!broadcast?.roomIDs.delete(roomID)) {
      throw ZegoError.of('IM_NO_BROADCASTING_STREAM', { streamID, roomID });
    }
    if (broadcast.roomIDs.size === 0) {
      this.end(broadcast, 0);
    }
    await this.queue.run(streamID, async () => {
      if (broadcast.ended) {
        await this.undo(broadcast);
      } else {
        // Reported again when the session is resumed.
        await this.options.link
          .call('stream.unshare', { streamId: streamID, roomId: roomID })
          .catch(throwUnlessLost);
      }
    });
  }

  /** The rooms of a stream that the session still carries. */
  roomsOf(streamID: string): ReadonlySet<string> | undefined {
    const broadcast = this.broadcasts.get(streamID);
    return broadcast?.media === this.options.slot.media ? broadcast?.roomIDs : undefined;
  }

  async stopAll(roomID: string): Promise<void> {
    const shown = [...this.broadcasts.values()].filter(({ roomIDs }) => roomIDs.has(roomID));
    await Promise.all(shown.map(({ streamID }) => this.stop(streamID, roomID).catch(() => undefined)));
  }

  /** Throws a ZegoError if the message cannot be sent. */
  send(data: ArrayBuffer | ArrayBufferView, streamID: string, roomID: string): void {
    if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) {
      throw illegalArgument('data', 'expected an ArrayBuffer or a view of one');
    }
    const broadcast = this.broadcasts.get(streamID);
    const producer = broadcast?.roomIDs.has(roomID) ? broadcast.producer : undefined;
    if (producer?.readyState !== 'open' || broadcast?.limits === undefined) {
      throw ZegoError.of('IM_REAL_TIME_SEQUENTIAL_DATA_SEND_FAILED', { streamID, problem: 'not broadcast' });
    }
    if (data.byteLength === 0) {
      throw refuseArgument('IM_CONTENT_NULL', 'data');
    }
    const { maxMessageBytes } = broadcast.limits;
    if (data.byteLength > maxMessageBytes) {
      throw ZegoError.of('IM_DATA_TOO_LONG', { maxMessageBytes });
    }
    if (producer.bufferedAmount + data.byteLength > mostBufferedBytes) {
      throw ZegoError.of('IM_REAL_TIME_SEQUENTIAL_DATA_SEND_FAILED', { streamID, problem: 'network' });
    }
    if (broadcast.rate?.take(performance.now()) !== true) {
      throw ZegoError.of('IM_BROADCAST_MESSAGE_QPS_OVERLOAD', { streamID });
    }
    producer.send(data as ArrayBuffer);
  }

  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all(
      [...this.broadcasts.values()].map((broadcast) =>
        this.queue.run(broadcast.streamID, () => this.move(broadcast, media)),
      ),
    );
  }

  handleRoomLeft(roomID: string, code: number): void {
    for (const broadcast of [...this.broadcasts.values()]) {
      this.handleUnshared(broadcast, roomID, code);
    }
  }

  private handleUnshared(broadcast: Broadcast, roomID: string, code: number): void {
    if (broadcast.roomIDs.delete(roomID) && broadcast.roomIDs.size === 0) {
      this.end(broadcast, code);
    }
  }

  restore(roomID: string): void {
    for (const broadcast of this.broadcasts.values()) {
      if (broadcast.roomIDs.has(roomID)) {
        void this.queue.run(broadcast.streamID, () => this.restoreOne(broadcast, roomID));
      }
    }
  }

  /**
   * Claims the stream ID and creates its channel, unless this session already has; then shares it into the
   * room.
   */
  private async bring(broadcast: Broadcast, roomID: string): Promise<void> {
    const { chooser, link, slot } = this.options;
    const { streamID } = broadcast;
    await chooser.whenAsked(roomID);
    const media = await slot.get();
    assertWanted(broadcast, roomID);
    if (broadcast.media !== media) {
      await link.call('stream.publish', { streamId: streamID, roomId: roomID });
      broadcast.media = media;
      await this.produce(broadcast, media);
    }
    assertWanted(broadcast, roomID);
    await link.call('stream.share', { streamId: streamID, roomId: roomID });
    assertWanted(broadcast, roomID);
    this.tell(broadcast, ZegoPublisherState.Publishing);
  }

  /** The former producer closes with its connection. */
  private async produce(broadcast: Broadcast, media: MediaConnection): Promise<void> {
    const { limits, producer } = await media.produceData(broadcast.streamID);
    await whenOpen(producer);
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
      await link.call('stream.republish', { streamId: broadcast.streamID });
      if (broadcast.ended) {
        await this.undo(broadcast);
      }
    } catch {
      // Either a later move is next in the queue, or the stream did not start and starts over.
      if (slot.media === media && link.isOpen && !broadcast.ended) {
        await link.call('stream.stopPublish', { streamId: broadcast.streamID }).catch(() => undefined);
        broadcast.media = undefined;
        for (const roomID of broadcast.roomIDs) {
          await this.restoreOne(broadcast, roomID);
        }
      }
    }
  }

  private async restoreOne(broadcast: Broadcast, roomID: string): Promise<void> {
    for (let attempt = 1; !broadcast.ended && broadcast.roomIDs.has(roomID); attempt++) {
      try {
        await this.bring(broadcast, roomID);
        return;
      } catch (error) {
        if (broadcast.ended || !this.options.link.isOpen) {
          return;
        }
        // A stream ID stays with the old session until the servers release it.
        if (attempt === restoreAttempts) {
          await this.undo(broadcast);
          this.end(broadcast, ZegoError.from(error, 'PUBLISHER_INNER_ERROR').code);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, restoreDelayMs));
      }
    }
  }

  private async undo(broadcast: Broadcast): Promise<void> {
    const { link, slot } = this.options;
    broadcast.producer?.close();
    broadcast.producer = undefined;
    if (broadcast.media !== undefined && broadcast.media === slot.media) {
      broadcast.media = undefined;
      await link.call('stream.stopPublish', { streamId: broadcast.streamID }).catch(() => undefined);
    }
  }

  private end(broadcast: Broadcast, code: number): void {
    if (!broadcast.ended) {
      broadcast.ended = true;
      this.broadcasts.delete(broadcast.streamID);
      broadcast.producer?.close();
      this.tell(broadcast, ZegoPublisherState.NoPublish, code);
    }
  }

  private tell({ roomIDs, streamID }: Broadcast, state: ZegoPublisherState, errorCode = 0): void {
    this.options.events.emit('publisherStateUpdate', { streamID, state, errorCode, roomIDs: [...roomIDs] });
  }
}

function newBroadcast(streamID: string): Broadcast {
  return {
    streamID,
    roomIDs: new Set(),
    media: undefined,
    producer: undefined,
    limits: undefined,
    rate: undefined,
    ended: false,
  };
}

function assertWanted({ ended, roomIDs, streamID }: Broadcast, roomID: string): void {
  if (ended || !roomIDs.has(roomID)) {
    throw ZegoError.of('IM_NO_BROADCASTING_STREAM', { streamID, roomID, problem: 'stopped' });
  }
}
