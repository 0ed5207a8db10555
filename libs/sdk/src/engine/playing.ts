import { type ClientEventData } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { assertText, illegalArgument } from '../arguments.js';
import { type Emitter } from '../emitter.js';
import { KeyedQueue } from '@polyroom/async';
import { type MediaConnection } from '../media/media-connection.js';
import { waitForFirstFrame } from '../media/first-frame.js';
import { type MediaSlot } from '../media/media-slot.js';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import {
  type ZegoEngineDump,
  type ZegoEvents,
  type ZegoPlayerConfig,
  ZegoPlayerState,
} from '../zego-types.js';
import { closeAll, newPlayback, type Playback, roomIDsOf, show } from './playback.js';
import { type RoomChooser } from './room-chooser.js';
import { type Withdrawals } from './withdrawals.js';

const firstFrameTimeoutMs = 600;
/** A frozen stream leaves little to wait for. */
const stalledFrameTimeoutMs = 250;
const firstRecoveryDelayMs = 200;
const lastRecoveryDelayMs = 12_800;

/** The streams that this engine plays. A stream that is shown in two rooms is received once. */
export class Playing {
  private readonly playbacks = new Map<string, Playback>();
  /** Serializes the work on one stream. */
  private readonly queue = new KeyedQueue<string>();

  constructor(
    private readonly link: Link,
    private readonly slot: MediaSlot,
    private readonly chooser: RoomChooser,
    private readonly events: Emitter<ZegoEvents>,
    private readonly withdrawals: Withdrawals,
  ) {
    link.events.on('stream.playUpdate', (update) => this.handlePlayUpdate(update));
    link.events.on('stream.extended', (extended) => this.extend(extended));
    link.events.on('stream.moved', ({ streamId }) => {
      const playback = this.playbacks.get(streamId);
      if (playback !== undefined) {
        playback.moves += 1;
        void this.rebindAll(playback);
      }
    });
  }

  async start(
    streamID: string,
    view: HTMLMediaElement | null | undefined,
    config: ZegoPlayerConfig | undefined,
  ): Promise<MediaStream> {
    assertText('streamId', streamID, 'streamID');
    if (view !== undefined && view !== null && typeof view !== 'object') {
      throw illegalArgument('view', 'expected a media element');
    }
    const roomID = this.chooser.choose(config, {
      missing: 'PLAYER_PLAY_STREAM_WHEN_USING_MULTI_ROOM',
      empty: 'PLAYER_PLAY_STREAM_WITH_ROOM_ID_IS_NULL',
    });
    const playback = this.playbacks.get(streamID) ?? this.create(streamID);
    const isNew = !playback.wanted.has(roomID);
    playback.wanted.add(roomID);
    if (playback.state === ZegoPlayerState.NoPlay) {
      this.tell(playback, ZegoPlayerState.PlayRequesting);
    }
    await this.queue.run(streamID, async () => {
      try {
        await this.bind(playback, roomID);
      } catch (error) {
        const failure = ZegoError.from(error, 'PLAYER_INNER_ERROR');
        if (failure.errorName === 'PLAYER_PLAY_STREAM_NOT_EXIST') {
          // Playing starts when the stream appears in the room.
          return;
        }
        if (isNew) {
          this.drop(playback, roomID, failure.code);
        }
        throw failure;
      }
    });
    if (view) {
      show(playback.mediaStream, view);
    }
    return playback.mediaStream;
  }

  /**
   * Stops playing for one room, or for all rooms if `roomID` is omitted. Stopping a stream that is not played
   * is no error.
   */
  async stop(streamID: string, roomID?: string): Promise<void> {
    const playback = this.playbacks.get(streamID);
    if (playback === undefined || (roomID !== undefined && !playback.wanted.has(roomID))) {
      return;
    }
    const roomIDs = roomID === undefined ? [...playback.wanted] : [roomID];
    for (const dropped of roomIDs) {
      this.drop(playback, dropped, 0);
    }
    await this.queue.run(streamID, () => this.withdrawals.stopPlay(streamID, roomID));
  }

  /** A stream has appeared in a room: starts playbacks that waited for it there. */
  handleStreamAdded(streamID: string, roomID: string): void {
    const playback = this.playbacks.get(streamID);
    if (playback?.wanted.has(roomID) && !playback.bound.has(roomID)) {
      this.rebind(playback, roomID);
    }
  }

  /** A room no longer shows the stream: releases what was kept while it was lost. */
  handleStreamRemoved(streamID: string): void {
    const playback = this.playbacks.get(streamID);
    if (playback?.bound.size === 0) {
      playback.recovering = false;
      this.replaceConsumers(playback, []);
    }
  }

  /** The session has new transports: all played streams move to them. */
  async moveTo(media: MediaConnection, isLost: boolean): Promise<void> {
    await Promise.all(
      [...this.playbacks.values()].map(async (playback) => {
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
  handleRoomLeft(roomID: string, code: number): void {
    for (const playback of [...this.playbacks.values()]) {
      if (playback.wanted.has(roomID)) {
        this.drop(playback, roomID, code);
      }
    }
  }

  handleConnectionLost(): void {
    for (const playback of this.playbacks.values()) {
      playback.bound.clear();
      this.tell(playback, ZegoPlayerState.PlayRequesting, ZegoError.of('PLAYER_NETWORK_INTERRUPT').code);
    }
  }

  /** A room was entered again in a new session: its streams are played again. */
  restore(roomID: string): void {
    for (const playback of this.playbacks.values()) {
      if (playback.wanted.has(roomID) && !playback.bound.has(roomID)) {
        this.rebind(playback, roomID);
      }
    }
  }

  dump(): ZegoEngineDump['playing'] {
    return [...this.playbacks.values()].map((playback) => ({
      streamID: playback.streamID,
      state: playback.state,
      roomIDs: roomIDsOf(playback),
      trackIds: playback.mediaStream.getTracks().map((track) => track.id),
    }));
  }

  private create(streamID: string): Playback {
    if (typeof MediaStream === 'undefined') {
      throw ZegoError.of(
        'COMMON_SDK_NO_MODULE',
        { feature: 'MediaStream' },
        'This runtime has no WebRTC: give the profile a handlerFactory, and set globalThis.MediaStream.',
      );
    }
    const playback = newPlayback(streamID);
    this.playbacks.set(streamID, playback);
    return playback;
  }

  private async bind(playback: Playback, roomID: string, again = false): Promise<void> {
    const { streamID } = playback;
    await this.chooser.whenAsked(roomID);
    const media = await this.slot.get();
    const rtpCapabilities = await media.getReceiveCapabilities();
    // Prepares the transport while the first stream's request is pending.
    media.prepareReceiving();
    if (playback.ended || !playback.wanted.has(roomID)) {
      throw ZegoError.of('PLAYER_STREAM_WAS_NOT_PLAYED', { streamID });
    }
    if (!again && playback.media === media && playback.bound.has(roomID)) {
      return;
    }
    const { resumeAfterMs } = media;
    const { moves } = playback;
    const result = await this.link.call('stream.play', {
      streamId: streamID,
      roomId: roomID,
      transportId: media.recvTransportId,
      rtpCapabilities,
      resumeAfterMs,
    });
    const answeredAtMs = performance.now();
    this.withdrawals.noteStarted(streamID);
    playback.bound.add(roomID);
    if (result.created || playback.media !== media) {
      playback.media = media;
      const consumers = await Promise.all(
        result.consumers.map((description) => media.consume(streamID, description)),
      );
      // Stopped, left or ended while the consumers were created: the servers have already released theirs.
      if (playback.ended || playback.bound.size === 0) {
        consumers.forEach((consumer) => consumer.close());
        throw ZegoError.of('PLAYER_STREAM_WAS_NOT_PLAYED', { streamID });
      }
      const isInTime = result.created && performance.now() - answeredAtMs <= resumeAfterMs;
      await this.show(playback, consumers, { isResumed: isInTime, moves });
    } else if (playback.passedOver.length > 0) {
      this.replaceConsumers(playback, playback.passedOver);
    }
    this.tell(playback, ZegoPlayerState.Playing);
  }

  /** Keeps the previous consumers visible until the new ones have a first frame. */
  private async show(
    playback: Playback,
    consumers: types.Consumer[],
    { isResumed, moves }: { isResumed: boolean; moves: number },
  ): Promise<void> {
    const isFirst = playback.consumers.length === 0;
    if (isFirst) {
      this.replaceConsumers(playback, consumers);
    }
    if (!isResumed) {
      await this.link.call('stream.resume', { streamId: playback.streamID });
    }
    if (isFirst) {
      return;
    }
    const isOutdated = (): boolean => playback.moves > moves && !playback.stalled;
    await waitForFirstFrame(consumers, () =>
      isOutdated() ? 0 : playback.stalled ? stalledFrameTimeoutMs : firstFrameTimeoutMs,
    );
    if (playback.ended) {
      consumers.forEach((consumer) => consumer.close());
    } else if (isOutdated()) {
      // One switch of the video is less noticeable than two.
      closeAll(playback.passedOver);
      playback.passedOver = consumers;
    } else {
      playback.stalled = false;
      this.replaceConsumers(playback, consumers);
    }
  }

  /** The publisher has added a kind that the stream did not have. */
  private extend({ consumer: description, streamId }: ClientEventData<'stream.extended'>): void {
    const playback = this.playbacks.get(streamId);
    const extending = this.queue.run(streamId, async () => {
      const media = playback?.media;
      if (playback === undefined || media === undefined || playback.bound.size === 0) {
        return;
      }
      // The response to a play request may already have included it.
      if (playback.consumers.some(({ id }) => id === description.consumerId)) {
        return;
      }
      const consumer = await media.consume(streamId, description);
      if (playback.ended || playback.media !== media) {
        consumer.close();
        return;
      }
      playback.consumers.push(consumer);
      playback.mediaStream.addTrack(consumer.track);
      await this.link.call('stream.resume', { streamId });
    });
    // If the stream is played again, the response includes the added kind.
    extending.catch(() => undefined);
  }

  private rebind(playback: Playback, roomID: string): void {
    // A stream that cannot be played yet waits until it appears in the room.
    void this.queue.run(playback.streamID, () => this.bind(playback, roomID)).catch(() => undefined);
  }

  /**
   * Binds the stream again for all its rooms, at its current location. Returns true if one of them shows it.
   */
  private async rebindAll(playback: Playback): Promise<boolean> {
    await this.queue.run(playback.streamID, async () => {
      for (const roomID of playback.wanted) {
        await this.bind(playback, roomID, true).catch(() => undefined);
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
    const playback = this.playbacks.get(update.streamId);
    if (playback === undefined) {
      return;
    }
    const left = new Set(update.closed ? [] : update.roomIds);
    const lost = [...playback.bound].filter((roomID) => !left.has(roomID));
    for (const roomID of lost) {
      playback.bound.delete(roomID);
    }
    if (update.closed && playback.media !== undefined) {
      playback.media = undefined;
      const isLost = update.reason === 'workerDied' || update.reason === 'nodeLost';
      if (isLost) {
        playback.stalled = true;
      } else {
        this.replaceConsumers(playback, []);
      }
      // A lost stream keeps its last frame. An ended one may have moved, unless its rooms remove it now.
      if (isLost || update.reason === 'sourceEnded') {
        void this.recover(playback);
      }
    }
    if (update.reason === 'left' || update.reason === 'forbidden') {
      const code = update.reason === 'left' ? 0 : ZegoError.of('PLAYER_SERVER_FORBID').code;
      for (const roomID of lost) {
        this.drop(playback, roomID, code);
      }
      return;
    }
    if (lost.length > 0) {
      const isOver = playback.bound.size === 0;
      this.tell(
        playback,
        isOver ? ZegoPlayerState.PlayRequesting : playback.state,
        isOver ? ZegoError.of('PLAYER_PLAY_STREAM_NOT_EXIST').code : 0,
      );
    }
  }

  private drop(playback: Playback, roomID: string, code: number): void {
    playback.bound.delete(roomID);
    if (!playback.wanted.delete(roomID) || playback.ended) {
      return;
    }
    if (playback.wanted.size > 0) {
      this.tell(playback, playback.state, code);
      return;
    }
    playback.ended = true;
    this.playbacks.delete(playback.streamID);
    this.replaceConsumers(playback, []);
    this.tell(playback, ZegoPlayerState.NoPlay, code);
  }

  private replaceConsumers(playback: Playback, consumers: types.Consumer[]): void {
    for (const consumer of playback.consumers) {
      playback.mediaStream.removeTrack(consumer.track);
      consumer.close();
    }
    closeAll(playback.passedOver.filter((consumer) => !consumers.includes(consumer)));
    playback.passedOver = [];
    playback.consumers = consumers;
    for (const consumer of consumers) {
      playback.mediaStream.addTrack(consumer.track);
    }
  }

  private tell(playback: Playback, state: ZegoPlayerState, errorCode = 0): void {
    playback.state = state;
    this.events.emit('playerStateUpdate', {
      streamID: playback.streamID,
      state,
      errorCode,
      roomIDs: roomIDsOf(playback),
    });
  }
}
