import { type ClientEventData } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { assertText } from '../arguments.js';
import { KeyedQueue } from '@polyroom/async';
import { type MediaConnection } from '../media/media-connection.js';
import { ZegoError } from '../zego-error.js';
import { whenOpen } from './data-channel.js';
import { type SequentialDataOptions } from './sequential-data-options.js';

/** A data stream that this engine receives. It is received once, regardless of the number of rooms. */
interface Subscription {
  streamID: string;
  /** Rooms for which the application subscribes. */
  wanted: Set<string>;
  /** Rooms among them for which the servers send it. */
  bound: Set<string>;
  /** Rooms that get its messages; unchanged while the stream moves to other servers. */
  receivingRooms: Set<string>;
  media: MediaConnection | undefined;
  consumer: types.DataConsumer | undefined;
  /** Whether a message has arrived: only then can messages be missing. */
  began: boolean;
  recovering: boolean;
}

export interface DataListener {
  onData(roomID: string, data: ArrayBuffer, streamID: string): void;
  /** Messages may be missing before the next one. */
  onInterrupted(roomID: string, streamID: string): void;
}

const firstRecoveryDelayMs = 200;
const lastRecoveryDelayMs = 12_800;

/** The data streams that this engine subscribes to. */
export class DataSubscriptions {
  private readonly subscriptions = new Map<string, Subscription>();
  /** Serializes the work on one stream. */
  private readonly queue = new KeyedQueue<string>();

  constructor(
    private readonly options: SequentialDataOptions,
    private readonly listener: DataListener,
  ) {
    options.link.events.on('stream.playUpdate', (update) => this.handlePlayUpdate(update));
    options.link.events.on('stream.moved', ({ streamId }) => {
      const subscription = this.subscriptions.get(streamId);
      if (subscription !== undefined) {
        void this.rebindAll(subscription);
      }
    });
  }

  async start(streamID: string, roomID: string): Promise<void> {
    assertText('streamId', streamID, 'streamID');
    if (this.options.isMediaStream(streamID)) {
      throw ZegoError.of('IM_NO_AVAILABLE_STREAM_ID', { path: 'streamID', streamID });
    }
    const present = this.subscriptions.get(streamID);
    if (present?.wanted.has(roomID)) {
      throw ZegoError.of('IM_REPEAT_SUBSCRIBE', { streamID, roomID });
    }
    const subscription = present ?? newSubscription(streamID);
    this.subscriptions.set(streamID, subscription);
    subscription.wanted.add(roomID);
    await this.queue.run(streamID, async () => {
      try {
        await this.bind(subscription, roomID);
      } catch (error) {
        const failure = ZegoError.from(error, 'PLAYER_INNER_ERROR');
        // The subscription starts when the stream appears in the room.
        if (failure.errorName !== 'PLAYER_PLAY_STREAM_NOT_EXIST') {
          this.drop(subscription, roomID);
          throw failure;
        }
      }
    });
  }

  async stop(streamID: string, roomID: string): Promise<void> {
    const subscription = this.subscriptions.get(streamID);
    if (!subscription?.wanted.has(roomID)) {
      throw ZegoError.of('IM_NO_SUBSCRIBING_STREAM', { streamID, roomID });
    }
    this.drop(subscription, roomID);
    await this.queue.run(streamID, () => this.options.withdrawals.stopPlay(streamID, roomID));
  }

  async stopAll(roomID: string): Promise<void> {
    const wanted = [...this.subscriptions.values()].filter((subscription) => subscription.wanted.has(roomID));
    await Promise.all(wanted.map(({ streamID }) => this.stop(streamID, roomID)));
  }

  /** A stream has appeared in a room: starts subscriptions that waited for it there. */
  handleStreamAdded(streamID: string, roomID: string): void {
    const subscription = this.subscriptions.get(streamID);
    if (subscription?.wanted.has(roomID) && !subscription.bound.has(roomID)) {
      this.rebind(subscription, roomID);
    }
  }

  async moveTo(media: MediaConnection): Promise<void> {
    await Promise.all(
      [...this.subscriptions.values()].map(async (subscription) => {
        if (subscription.media !== media) {
          subscription.bound.clear();
          if (!(await this.rebindAll(subscription))) {
            // Its publisher is reconnecting as well.
            void this.recover(subscription);
          }
        }
      }),
    );
  }

  handleRoomLeft(roomID: string): void {
    for (const subscription of [...this.subscriptions.values()]) {
      if (subscription.wanted.has(roomID)) {
        this.drop(subscription, roomID);
      }
    }
  }

  handleConnectionLost(): void {
    this.subscriptions.forEach(({ bound }) => bound.clear());
  }

  restore(roomID: string): void {
    for (const subscription of this.subscriptions.values()) {
      if (subscription.wanted.has(roomID) && !subscription.bound.has(roomID)) {
        this.rebind(subscription, roomID);
      }
    }
  }

  private async bind(subscription: Subscription, roomID: string, again = false): Promise<void> {
    const { chooser, link, slot, withdrawals } = this.options;
    const { streamID } = subscription;
    await chooser.whenAsked(roomID);
    const media = await slot.get();
    assertWanted(subscription, roomID);
    if (!again && subscription.media === media && subscription.bound.has(roomID)) {
      return;
    }
    const { created, dataConsumer } = await link.call('stream.play', {
      streamId: streamID,
      roomId: roomID,
      transportId: media.recvTransportId,
      rtpCapabilities: {},
      data: true,
    });
    withdrawals.noteStarted(streamID);
    subscription.bound.add(roomID);
    subscription.receivingRooms.add(roomID);
    if (dataConsumer !== undefined && (created || subscription.media !== media)) {
      const consumer = await media.consumeData(streamID, dataConsumer);
      if (subscription.bound.size === 0) {
        // Stopped, left or ended in the meantime: the servers have released it.
        consumer.close();
        throw ZegoError.of('IM_NO_SUBSCRIBING_STREAM', { streamID, roomID, problem: 'stopped' });
      }
      await this.listenTo(subscription, consumer);
      subscription.media = media;
    }
  }

  /**
   * The consumer stays paused until it is listened to, so that a switch neither loses nor duplicates
   * messages.
   */
  private async listenTo(subscription: Subscription, consumer: types.DataConsumer): Promise<void> {
    const { streamID } = subscription;
    consumer.binaryType = 'arraybuffer';
    consumer.on('message', (message: ArrayBuffer | string) => {
      if (subscription.consumer === consumer) {
        const data = typeof message === 'string' ? new TextEncoder().encode(message).buffer : message;
        [...subscription.receivingRooms].forEach((roomID) => this.listener.onData(roomID, data, streamID));
      }
    });
    await whenOpen(consumer);
    subscription.consumer?.close();
    subscription.consumer = consumer;
    if (subscription.began) {
      [...subscription.wanted].forEach((roomID) => this.listener.onInterrupted(roomID, streamID));
    }
    subscription.began = true;
    await this.options.link.call('stream.resume', { streamId: streamID });
  }

  private rebind(subscription: Subscription, roomID: string): void {
    void this.queue.run(subscription.streamID, () => this.bind(subscription, roomID)).catch(() => undefined);
  }

  /** Returns true if one of its rooms shows it. */
  private async rebindAll(subscription: Subscription): Promise<boolean> {
    await this.queue.run(subscription.streamID, async () => {
      for (const roomID of subscription.wanted) {
        await this.bind(subscription, roomID, true).catch(() => undefined);
      }
    });
    return subscription.bound.size > 0;
  }

  /** The stream returns when its publisher does, which is both reported and polled for. */
  private async recover(subscription: Subscription): Promise<void> {
    if (subscription.recovering) {
      return;
    }
    subscription.recovering = true;
    for (let delayMs = firstRecoveryDelayMs; delayMs <= lastRecoveryDelayMs; delayMs *= 2) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const isOver =
        subscription.wanted.size === 0 || subscription.bound.size > 0 || !this.options.link.isOpen;
      if (isOver || (await this.rebindAll(subscription))) {
        break;
      }
    }
    subscription.recovering = false;
  }

  private handlePlayUpdate({
    closed,
    reason,
    roomIds,
    streamId,
  }: ClientEventData<'stream.playUpdate'>): void {
    const subscription = this.subscriptions.get(streamId);
    if (subscription === undefined) {
      return;
    }
    const left = new Set(closed ? [] : roomIds);
    const lost = [...subscription.bound].filter((roomID) => !left.has(roomID));
    for (const roomID of lost) {
      subscription.bound.delete(roomID);
      subscription.receivingRooms.delete(roomID);
    }
    if (closed) {
      subscription.media = undefined;
      if (reason !== 'left' && reason !== 'forbidden' && reason !== 'unshared') {
        void this.recover(subscription);
      }
    }
    if (reason === 'left' || reason === 'forbidden') {
      lost.forEach((roomID) => this.drop(subscription, roomID));
    }
  }

  private drop(subscription: Subscription, roomID: string): void {
    subscription.wanted.delete(roomID);
    subscription.bound.delete(roomID);
    subscription.receivingRooms.delete(roomID);
    if (subscription.wanted.size === 0) {
      if (this.subscriptions.get(subscription.streamID) === subscription) {
        this.subscriptions.delete(subscription.streamID);
      }
      subscription.consumer?.close();
      subscription.consumer = undefined;
    }
  }
}

function newSubscription(streamID: string): Subscription {
  return {
    streamID,
    wanted: new Set(),
    bound: new Set(),
    receivingRooms: new Set(),
    media: undefined,
    consumer: undefined,
    began: false,
    recovering: false,
  };
}

function assertWanted({ streamID, wanted }: Subscription, roomID: string): void {
  if (!wanted.has(roomID)) {
    throw ZegoError.of('IM_NO_SUBSCRIBING_STREAM', { streamID, roomID, problem: 'stopped' });
  }
}
