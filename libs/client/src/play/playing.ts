import { type ClientEventData } from '@polyroom/contracts/client';
import { type OnIntent } from '../abort.js';
import { assertText, illegalArgument } from '../arguments.js';
import {
  type ClientEvents,
  type MediaKind,
  type SubscribeOptions,
  type VideoLayer,
} from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { KeyedQueue } from '@polyroom/async';
import { type MediaConnection } from '../media/media-connection.js';
import { type MediaSlot } from '../media/media-slot.js';
import { isNetworkError } from '../rooms/room-errors.js';
import { type Rooms } from '../rooms/rooms.js';
import { type Link } from '../signal/link.js';
import { type Platform } from '../platform/platform.js';
import { PolyroomError } from '../polyroom-error.js';
import { PlaybackDisplay } from './playback-display.js';
import { PlaybackLimits } from './playback-limits.js';
import { type Playback } from './playback.js';
import { Playbacks } from './playbacks.js';
import { StreamReceiver } from './stream-receiver.js';
import { type Withdrawals } from './withdrawals.js';

const firstRecoveryDelayMs = 200;
const lastRecoveryDelayMs = 12_800;

/** The streams that this client plays. A stream that is shown in two rooms is received once. */
export class Playing {
  readonly playbacks: Playbacks;
  readonly display: PlaybackDisplay;
  private readonly receiver: StreamReceiver;
  /** Serializes the work on one stream. */
  private readonly queue = new KeyedQueue<string>();
  private readonly limits: PlaybackLimits;

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly rooms: Rooms,
    events: Emitter<ClientEvents>,
    private readonly withdrawals: Withdrawals,
    platform: Pick<Platform, 'MediaStream' | 'page'>,
  ) {
    this.display = new PlaybackDisplay(events, platform.page);
    this.playbacks = new Playbacks(events, platform, (playback) => this.display.clear(playback));
    this.limits = new PlaybackLimits(link, slot);
    this.receiver = new StreamReceiver({
      link,
      slot,
      rooms,
      withdrawals,
      display: this.display,
      limits: this.limits,
    });
    link.events.on('stream.playUpdate', (update) => this.handlePlayUpdate(update));
    link.events.on('stream.extended', (extended) => this.extend(extended));
    link.events.on('stream.moved', ({ streamId }) => {
      const playback = this.playbacks.find(streamId);
      if (playback !== undefined) {
        playback.moves += 1;
        void this.rebindAll(playback);
      }
    });
  }

  async start(streamId: string, options: SubscribeOptions, onIntent?: OnIntent): Promise<MediaStream> {
    assertText('streamId', streamId, 'streamId');
    const { element, roomId } = Object(options) as SubscribeOptions;
    if (element !== undefined) {
      assertElement(element, 'options.element');
    }
    assertText('roomId', roomId, 'options.roomId');
    this.rooms.assertEntering(roomId, 'ROOM_ROOMID_INCORRECT');
    const playback = this.playbacks.find(streamId) ?? this.playbacks.create(streamId);
    const wish = playback.wanted.get(roomId) ?? { calls: new Set(), isAccepted: false };
    const call = {};
    wish.calls.add(call);
    /** Whether the wish ends with this call. Other calls continue it: one has succeeded, or tries it again. */
    const endsWish = (): boolean =>
      wish.calls.delete(call) &&
      wish.calls.size === 0 &&
      !wish.isAccepted &&
      playback.wanted.get(roomId) === wish;
    playback.wanted.set(roomId, wish);
    if (playback.state === 'ended') {
      this.playbacks.tell(playback, 'pending');
    }
    onIntent?.(async () => {
      if (endsWish()) {
        await this.stop(streamId, roomId);
      }
    });
    await this.queue.run(streamId, async () => {
      try {
        await this.bind(playback, roomId);
        wish.isAccepted = true;
      } catch (error) {
        const failure = PolyroomError.from(error, 'PLAYER_INNER_ERROR');
        if (failure.errorName === 'PLAYER_PLAY_STREAM_NOT_EXIST') {
          // Playing starts when the stream appears in the room.
          wish.isAccepted = true;
          return;
        }
        if (endsWish()) {
          this.playbacks.drop(playback, [roomId], failure);
          if (isNetworkError(failure)) {
            // The servers may have bound it all the same.
            await this.withdrawals.stopPlay(streamId, roomId);
          }
        }
        throw failure;
      }
    });
    const isAborted = !wish.calls.delete(call);
    if (element !== undefined && !playback.ended && !isAborted) {
      this.display.addElement(playback, element);
    }
    return playback.mediaStream;
  }

  /**
   * Stops playing for one room, or for all rooms if `roomId` is omitted. Stopping a stream that is not played
   * is no error.
   */
  async stop(streamId: string, roomId?: string): Promise<void> {
    const playback = this.playbacks.find(streamId);
    if (playback === undefined || (roomId !== undefined && !playback.wanted.has(roomId))) {
      return;
    }
    this.playbacks.drop(playback, roomId === undefined ? [...playback.wanted.keys()] : [roomId]);
    this.handleStreamRemoved(streamId);
    await this.queue.run(streamId, () => this.withdrawals.stopPlay(streamId, roomId));
  }

  /** Mutes one kind of a played stream on this device, at once; the servers then stop sending it. */
  mute(streamId: string, kind: MediaKind, muted: boolean): void {
    const playback = this.playbacks.get(streamId);
    this.display.mute(playback, kind, muted);
    void this.queue.run(streamId, () => this.limits.report(playback));
  }

  /** Receives at most this layer of a simulcast video. */
  limitVideo(streamId: string, maxLayer: VideoLayer | undefined): void {
    const playback = this.playbacks.get(streamId);
    if (maxLayer !== undefined && ![0, 1, 2].includes(maxLayer)) {
      throw illegalArgument('maxLayer', 'expected 0, 1, 2 or undefined');
    }
    playback.maxLayer = maxLayer;
    void this.queue.run(streamId, () => this.limits.report(playback));
  }

  attach(streamId: string, element: HTMLMediaElement): void {
    assertElement(element, 'element');
    this.display.addElement(this.playbacks.get(streamId), element);
  }

  detach(streamId: string, element: HTMLMediaElement): void {
    const playback = this.playbacks.find(streamId);
    if (playback !== undefined) {
      this.display.removeElement(playback, element);
    }
  }

  /** A stream has appeared in a room: starts playbacks that waited for it there. */
  handleStreamAdded(streamId: string, roomId: string): void {
    const playback = this.playbacks.find(streamId);
    if (playback?.wanted.has(roomId) && !playback.bound.has(roomId)) {
      this.rebind(playback, roomId);
    }
  }

  /** The stream is no longer played in a room: unless another one shows it, its last frame goes. */
  handleStreamRemoved(streamId: string): void {
    const playback = this.playbacks.find(streamId);
    // While it is bound again, the servers may still send it for a room that shows it: with the same consumers.
    if (
      playback?.bound.size === 0 &&
      ![...playback.wanted.keys()].some((roomId) => this.rooms.shows(roomId, streamId))
    ) {
      playback.recovering = false;
      this.display.replaceConsumers(playback, []);
    }
  }

  /** The session has new transports: all played streams move to them. */
  async moveTo(media: MediaConnection, isLost: boolean): Promise<void> {
    await Promise.all(
      this.playbacks.all.map(async (playback) => {
        if (playback.media !== media) {
          playback.stalled ||= isLost;
          playback.bound.clear();
          if (!(await this.rebindAll(playback))) {
            // Its publisher is reconnecting as well.
            void this.recover(playback);
          }
        }
      }),
    );
  }

  /** The user is no longer in the room. The servers have already removed its bindings. */
  handleRoomLeft(roomId: string, error?: PolyroomError): void {
    for (const playback of this.playbacks.all) {
      if (playback.wanted.has(roomId)) {
        this.playbacks.drop(playback, [roomId], error);
      }
    }
  }

  handleConnectionLost(): void {
    for (const playback of this.playbacks.all) {
      playback.bound.clear();
      this.playbacks.tell(playback, 'pending', PolyroomError.of('PLAYER_NETWORK_INTERRUPT'));
    }
  }

  /** Media flows from the servers. */
  handleConnected(): void {
    for (const playback of this.playbacks.all) {
      if (playback.state === 'pending') {
        this.settle(playback);
      }
    }
  }

  /** Media does not flow; it is retried. */
  handleMediaInterrupted(): void {
    for (const playback of this.playbacks.all) {
      this.playbacks.tell(playback, 'pending', PolyroomError.of('PLAYER_NETWORK_INTERRUPT'));
    }
  }

  /** Media was retried in vain. */
  giveUp(): void {
    for (const playback of this.playbacks.all) {
      this.playbacks.drop(playback, [...playback.wanted.keys()], PolyroomError.of('PLAYER_RETRY_TIMEOUT'));
      void this.queue.run(playback.streamId, () => this.withdrawals.stopPlay(playback.streamId));
    }
  }

  /** A room was entered again in a new session: its streams are played again. */
  restore(roomId: string): void {
    for (const playback of this.playbacks.all) {
      if (playback.wanted.has(roomId) && !playback.bound.has(roomId)) {
        this.rebind(playback, roomId);
      }
    }
  }

  private async bind(playback: Playback, roomId: string, again = false): Promise<void> {
    if (await this.receiver.bind(playback, roomId, again)) {
      this.settle(playback);
    }
  }

  /** Reports a stream that the servers send as active, once media flows. */
  private settle(playback: Playback): void {
    const { media } = this.slot;
    const isCarried = playback.media === media && playback.bound.size > 0 && playback.consumers.length > 0;
    if (isCarried && media?.isConnected('recv')) {
      this.playbacks.tell(playback, 'active');
    }
  }

  /** The publisher has added a kind that the stream did not have. */
  private extend(extended: ClientEventData<'stream.extended'>): void {
    const { streamId } = extended;
    const playback = this.playbacks.find(streamId);
    if (playback !== undefined) {
      // If the stream is played again, the response includes the added kind.
      void this.queue.run(streamId, () => this.receiver.add(extended, playback)).catch(() => undefined);
    }
  }

  private rebind(playback: Playback, roomId: string): void {
    // A stream that cannot be played yet waits until it appears in the room.
    void this.queue.run(playback.streamId, () => this.bind(playback, roomId)).catch(() => undefined);
  }

  /**
   * Binds the stream again for all its rooms, at its current location. Returns true if one of them shows it.
   */
  private async rebindAll(playback: Playback): Promise<boolean> {
    await this.queue.run(playback.streamId, async () => {
      for (const roomId of playback.wanted.keys()) {
        await this.bind(playback, roomId, true).catch(() => undefined);
      }
    });
    return playback.bound.size > 0;
  }

  /**
   * Its worker or node failed. The stream returns when its publisher does, which is both reported and polled
   * for.
   */
  private async recover(playback: Playback): Promise<void> {
    if (playback.recovering) {
      return;
    }
    playback.recovering = true;
    for (let delayMs = firstRecoveryDelayMs; delayMs <= lastRecoveryDelayMs; delayMs *= 2) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const isOver = playback.ended || playback.bound.size > 0 || !this.link.isOpen;
      if (isOver || !playback.recovering || (await this.rebindAll(playback))) {
        break;
      }
    }
    playback.recovering = false;
  }

  private handlePlayUpdate(update: ClientEventData<'stream.playUpdate'>): void {
    const playback = this.playbacks.find(update.streamId);
    if (playback === undefined) {
      return;
    }
    playback.updates += 1;
    const left = new Set(update.closed ? [] : update.roomIds);
    const lost = [...playback.bound].filter((roomId) => !left.has(roomId));
    for (const roomId of lost) {
      playback.bound.delete(roomId);
    }
    if (update.closed && playback.media !== undefined) {
      playback.media = undefined;
      const isLost = update.reason === 'workerDied' || update.reason === 'nodeLost';
      if (isLost) {
        playback.stalled = true;
      } else {
        this.display.replaceConsumers(playback, []);
      }
      // A lost stream keeps its last frame. An ended one may have moved, unless its rooms remove it now.
      if (isLost || update.reason === 'sourceEnded') {
        void this.recover(playback);
      }
    }
    if (update.reason === 'left' || update.reason === 'forbidden') {
      const error = update.reason === 'left' ? undefined : PolyroomError.of('PLAYER_SERVER_FORBID');
      this.playbacks.drop(playback, lost, error);
      return;
    }
    if (lost.length > 0) {
      const isOver = playback.bound.size === 0;
      this.playbacks.tell(
        playback,
        isOver ? 'pending' : playback.state,
        isOver ? PolyroomError.of('PLAYER_PLAY_STREAM_NOT_EXIST') : undefined,
      );
    }
    for (const roomId of lost) {
      // Shown there again before the end of the former binding was reported.
      if (update.reason === 'unshared' && this.rooms.shows(roomId, playback.streamId)) {
        this.rebind(playback, roomId);
      }
    }
  }
}

function assertElement(element: HTMLMediaElement, path: string): void {
  if (element === null || typeof element !== 'object') {
    throw illegalArgument(path, 'expected a media element');
  }
}
