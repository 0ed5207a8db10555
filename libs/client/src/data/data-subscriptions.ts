import { type ClientEventData } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';
import { assertText } from '../arguments.js';
import { KeyedQueue } from '@polyroom/async';
import { type MediaConnection } from '../media/media-connection.js';
import { isNetworkError } from '../rooms/room-errors.js';
import { PolyroomError } from '../polyroom-error.js';
import { whenOpen } from './data-channel.js';
import { type DataOptions } from './data-options.js';

/** A data stream that this client receives. It is received once, regardless of the number of rooms. */
interface Subscription {
  streamId: string;
  /** Rooms for which the application subscribes. */
  wanted: Map<string, symbol>;
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
  onData(roomId: string, data: ArrayBuffer, streamId: string): void;
  /** Messages may be missing before the next one. */
  onInterrupted(roomId: string, streamId: string): void;
}

const firstRecoveryDelayMs = 200;
const lastRecoveryDelayMs = 12_800;

/** The data streams that this client subscribes to. */
export class DataSubscriptions {
  private readonly subscriptions = new Map<string, Subscription>();
  /** Serializes the work on one stream. */
  private readonly queue = new KeyedQueue<string>();

  constructor(
    private readonly options: DataOptions,
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

  async start(streamId: string, roomId: string): Promise<void> {
    assertText('streamId', streamId, 'streamId');
    if (this.options.isMediaStream(streamId)) {
      throw PolyroomError.of('IM_NO_AVAILABLE_STREAM_ID', { path: 'streamId', streamId });
    }
    const present = this.subscriptions.get(streamId);
    if (present?.wanted.has(roomId)) {
      throw PolyroomError.of('IM_REPEAT_SUBSCRIBE', { streamId, roomId });
    }
    const subscription = present ?? newSubscription(streamId);
    this.subscriptions.set(streamId, subscription);
    const call = Symbol(roomId);
    subscription.wanted.set(roomId, call);
    await this.queue.run(streamId, async () => {
      try {
        await this.bind(subscription, roomId);
      } catch (error) {
        const failure = PolyroomError.from(error, 'PLAYER_INNER_ERROR');
        // The subscription starts when the stream appears in the room.
        if (failure.errorName !== 'PLAYER_PLAY_STREAM_NOT_EXIST') {
          if (subscription.wanted.get(roomId) === call) {
            this.drop(subscription, roomId);
          }
          if (isNetworkError(failure)) {
            // The servers may have bound it all the same.
            await this.options.withdrawals.stopPlay(streamId, roomId);
          }
          throw failure;
        }
      }
    });
  }

  async stop(streamId: string, roomId: string): Promise<void> {
    const subscription = this.subscriptions.get(streamId);
    if (!subscription?.wanted.has(roomId)) {
      throw PolyroomError.of('IM_NO_SUBSCRIBING_STREAM', { streamId, roomId });
    }
    this.drop(subscription, roomId);
    await this.queue.run(streamId, () => this.options.withdrawals.stopPlay(streamId, roomId));
  }

  async stopAll(roomId: string): Promise<void> {
    const wanted = [...this.subscriptions.values()].filter((subscription) => subscription.wanted.has(roomId));
    await Promise.all(wanted.map(({ streamId }) => this.stop(streamId, roomId)));
  }

  /** A stream has appeared in a room: starts subscriptions that waited for it there. */
  handleStreamAdded(streamId: string, roomId: string): void {
    const subscription = this.subscriptions.get(streamId);
    if (subscription?.wanted.has(roomId) && !subscription.bound.has(roomId)) {
      this.rebind(subscription, roomId);
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

  handleRoomLeft(roomId: string): void {
    for (const subscription of [...this.subscriptions.values()]) {
      if (subscription.wanted.has(roomId)) {
        this.drop(subscription, roomId);
      }
    }
  }

  handleConnectionLost(): void {
    this.subscriptions.forEach(({ bound }) => bound.clear());
  }

  restore(roomId: string): void {
    for (const subscription of this.subscriptions.values()) {
      if (subscription.wanted.has(roomId) && !subscription.bound.has(roomId)) {
        this.rebind(subscription, roomId);
      }
    }
  }

  private async bind(subscription: Subscription, roomId: string, again = false): Promise<void> {
    const { link, rooms, slot, withdrawals } = this.options;
    const { streamId } = subscription;
    await rooms.whenAsked(roomId);
    const media = await slot.get();
    assertWanted(subscription, roomId);
    const call = subscription.wanted.get(roomId);
    if (!again && subscription.media === media && subscription.bound.has(roomId)) {
      return;
    }
    const { created, dataConsumer } = await link.call('stream.play', {
      streamId,
      roomId,
      transportId: media.recvTransportId,
      rtpCapabilities: {},
      data: true,
    });
    withdrawals.noteStarted(streamId);
    // Stopped meanwhile, and perhaps wanted again: the servers receive the stop next.
    assertWanted(subscription, roomId, call);
    subscription.bound.add(roomId);
    subscription.receivingRooms.add(roomId);
    if (dataConsumer !== undefined && (created || subscription.media !== media)) {
      const consumer = await media.consumeData(streamId, dataConsumer);
      if (subscription.bound.size === 0) {
        // Stopped, left or ended in the meantime: the servers have released it.
        consumer.close();
        throw PolyroomError.of('IM_NO_SUBSCRIBING_STREAM', { streamId, roomId, problem: 'stopped' });
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
    const { streamId } = subscription;
    consumer.binaryType = 'arraybuffer';
    consumer.on('message', (message: ArrayBuffer | string) => {
      if (subscription.consumer === consumer) {
        const data = typeof message === 'string' ? new TextEncoder().encode(message).buffer : message;
        [...subscription.receivingRooms].forEach((roomId) => this.listener.onData(roomId, data, streamId));
      }
    });
    await whenOpen(consumer);
    subscription.consumer?.close();
    subscription.consumer = consumer;
    if (subscription.began) {
      [...subscription.wanted.keys()].forEach((roomId) => this.listener.onInterrupted(roomId, streamId));
    }
    subscription.began = true;
    await this.options.link.call('stream.resume', { streamId });
  }

  private rebind(subscription: Subscription, roomId: string): void {
    void this.queue.run(subscription.streamId, () => this.bind(subscription, roomId)).catch(() => undefined);
  }

  /** Returns true if one of its rooms shows it. */
  private async rebindAll(subscription: Subscription): Promise<boolean> {
    await this.queue.run(subscription.streamId, async () => {
      for (const roomId of subscription.wanted.keys()) {
        await this.bind(subscription, roomId, true).catch(() => undefined);
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
    const lost = [...subscription.bound].filter((roomId) => !left.has(roomId));
    for (const roomId of lost) {
      subscription.bound.delete(roomId);
      subscription.receivingRooms.delete(roomId);
    }
    if (closed) {
      subscription.media = undefined;
      if (reason !== 'left' && reason !== 'forbidden' && reason !== 'unshared') {
        void this.recover(subscription);
      }
    }
    for (const roomId of lost) {
      if (reason === 'left' || reason === 'forbidden') {
        this.drop(subscription, roomId);
      } else if (reason === 'unshared' && this.options.rooms.shows(roomId, streamId)) {
        // Shown there again before the end of the former binding was reported.
        this.rebind(subscription, roomId);
      }
    }
  }

  private drop(subscription: Subscription, roomId: string): void {
    subscription.wanted.delete(roomId);
    subscription.bound.delete(roomId);
    subscription.receivingRooms.delete(roomId);
    if (subscription.wanted.size === 0) {
      if (this.subscriptions.get(subscription.streamId) === subscription) {
        this.subscriptions.delete(subscription.streamId);
      }
      subscription.consumer?.close();
      subscription.consumer = undefined;
    }
  }
}

function newSubscription(streamId: string): Subscription {
  return {
    streamId,
    wanted: new Map(),
    bound: new Set(),
    receivingRooms: new Set(),
    media: undefined,
    consumer: undefined,
    began: false,
    recovering: false,
  };
}

/** `call`: the one that the subscription in the room must still belong to; any by default. */
function assertWanted({ streamId, wanted }: Subscription, roomId: string, call = wanted.get(roomId)): void {
  if (!wanted.has(roomId) || wanted.get(roomId) !== call) {
    throw PolyroomError.of('IM_NO_SUBSCRIBING_STREAM', { streamId, roomId, problem: 'stopped' });
  }
}
