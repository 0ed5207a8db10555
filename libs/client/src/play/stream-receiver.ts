import { type ClientEventData, type ClientParams, type ClientResult } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';
import { waitForFirstFrame } from '../media/first-frame.js';
import { type MediaSlot } from '../media/media-slot.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Rooms } from '../rooms/rooms.js';
import { type Link } from '../signal/link.js';
import { type PlaybackDisplay } from './playback-display.js';
import { type PlaybackLimits } from './playback-limits.js';
import { closeAll, type Playback } from './playback.js';
import { type Withdrawals } from './withdrawals.js';

const firstFrameTimeoutMs = 600;
/** A frozen stream leaves little to wait for. */
const stalledFrameTimeoutMs = 250;

export interface StreamReceiverParts {
  link: Link;
  slot: MediaSlot;
  rooms: Rooms;
  withdrawals: Withdrawals;
  display: PlaybackDisplay;
  limits: PlaybackLimits;
}

/** Receives from the servers: binds a stream for a room, and creates and shows its consumers. */
export class StreamReceiver {
  constructor(private readonly parts: StreamReceiverParts) {}

  /**
   * Binds the stream for the room, and returns true. A stream that is bound there already is bound again only
   * if `again` is true.
   */
  async bind(playback: Playback, roomId: string, again: boolean): Promise<boolean> {
    const { streamId } = playback;
    await this.parts.rooms.whenAsked(roomId);
    const media = await this.parts.slot.get();
    const rtpCapabilities = await media.getReceiveCapabilities();
    // Prepares the transport while the first stream's request is pending.
    media.prepareReceiving();
    const wish = playback.wanted.get(roomId);
    if (playback.ended || wish === undefined) {
      throw PolyroomError.of('PLAYER_STREAM_WAS_NOT_PLAYED', { streamId });
    }
    if (!again && playback.media === media && playback.bound.has(roomId)) {
      return false;
    }
    const { resumeAfterMs } = media;
    const { moves } = playback;
    const result = await this.requestPlay(playback, {
      streamId,
      roomId,
      transportId: media.recvTransportId,
      rtpCapabilities,
      resumeAfterMs,
    });
    const answeredAtMs = performance.now();
    this.parts.withdrawals.noteStarted(streamId);
    if (playback.wanted.get(roomId) !== wish) {
      // Stopped meanwhile, and perhaps wanted again: the servers receive the stop next.
      throw PolyroomError.of('PLAYER_STREAM_WAS_NOT_PLAYED', { streamId });
    }
    playback.bound.add(roomId);
    if (result.created || playback.media !== media) {
      playback.media = media;
      this.parts.limits.forget(playback);
      const consumers = await Promise.all(
        result.consumers.map((description) => media.consume(streamId, description)),
      );
      // Stopped, left or ended while the consumers were created: the servers have already released theirs.
      if (playback.ended || playback.bound.size === 0) {
        consumers.forEach((consumer) => consumer.close());
        throw PolyroomError.of('PLAYER_STREAM_WAS_NOT_PLAYED', { streamId });
      }
      const isInTime = result.created && performance.now() - answeredAtMs <= resumeAfterMs;
      await this.show(playback, consumers, { isResumed: isInTime, moves });
    } else if (playback.passedOver.length > 0) {
      this.parts.display.replaceConsumers(playback, playback.passedOver);
    }
    await this.parts.limits.report(playback);
    return true;
  }

  /**
   * A report that a binding has ended may overtake the response which creates it, or belong to an earlier
   * binding: asking again tells which.
   */
  private async requestPlay(
    playback: Playback,
    params: ClientParams<'stream.play'>,
  ): Promise<ClientResult<'stream.play'>> {
    let created = false;
    for (;;) {
      const { updates } = playback;
      const result = await this.parts.link.call('stream.play', params);
      created ||= result.created;
      if (playback.updates === updates) {
        return { ...result, created };
      }
    }
  }

  /** Receives a kind that the publisher has added to a stream that is played. */
  async add(
    { consumer: description, streamId }: ClientEventData<'stream.extended'>,
    playback: Playback,
  ): Promise<void> {
    const { media } = playback;
    if (media === undefined || playback.bound.size === 0) {
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
    this.parts.display.addConsumer(playback, consumer);
    await this.parts.link.call('stream.resume', { streamId });
  }

  /** Keeps the previous consumers visible until the new ones have a first frame. */
  private async show(
    playback: Playback,
    consumers: types.Consumer[],
    { isResumed, moves }: { isResumed: boolean; moves: number },
  ): Promise<void> {
    const isFirst = playback.consumers.length === 0;
    if (isFirst) {
      this.parts.display.replaceConsumers(playback, consumers);
    }
    if (!isResumed) {
      await this.parts.link.call('stream.resume', { streamId: playback.streamId });
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
      this.parts.display.replaceConsumers(playback, consumers);
    }
  }
}
