import { assertText } from '../arguments.js';
import { type ClientDump, type ClientEvents, type MediaState } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type Platform } from '../platform/platform.js';
import { PolyroomError } from '../polyroom-error.js';
import { newPlayback, type Playback, roomIdsOf } from './playback.js';

/** The played streams. Reports their states to the application. */
export class Playbacks {
  private readonly playbacks = new Map<string, Playback>();

  constructor(
    private readonly events: Emitter<ClientEvents>,
    private readonly platform: Pick<Platform, 'MediaStream'>,
    /** Releases the tracks and elements of a playback that has ended. */
    private readonly clear: (playback: Playback) => void,
  ) {}

  /** A copy: playbacks may end while it is read. */
  get all(): Playback[] {
    return [...this.playbacks.values()];
  }

  find(streamId: string): Playback | undefined {
    return this.playbacks.get(streamId);
  }

  get(streamId: string): Playback {
    assertText('streamId', streamId, 'streamId');
    const playback = this.playbacks.get(streamId);
    if (playback === undefined) {
      throw PolyroomError.of('PLAYER_STREAM_WAS_NOT_PLAYED', { streamId });
    }
    return playback;
  }

  create(streamId: string): Playback {
    const { MediaStream } = this.platform;
    if (MediaStream === undefined) {
      throw PolyroomError.of(
        'COMMON_SDK_NO_MODULE',
        { feature: 'MediaStream' },
        'This runtime has no WebRTC: pass handlerFactory, and platform.MediaStream.',
      );
    }
    const playback = newPlayback(streamId, MediaStream);
    this.playbacks.set(streamId, playback);
    return playback;
  }

  /** Ends the playback in these rooms. The final event names them. */
  drop(playback: Playback, roomIds: readonly string[], error?: PolyroomError): void {
    const dropped = roomIds.filter((roomId) => {
      playback.bound.delete(roomId);
      return playback.wanted.delete(roomId);
    });
    if (dropped.length === 0 || playback.ended) {
      return;
    }
    if (playback.wanted.size > 0) {
      // Perhaps no other room shows it.
      this.tell(playback, playback.bound.size > 0 ? playback.state : 'pending', error);
      return;
    }
    playback.ended = true;
    this.playbacks.delete(playback.streamId);
    this.clear(playback);
    this.tell(playback, 'ended', error, dropped);
  }

  tell(
    playback: Playback,
    state: MediaState,
    error?: PolyroomError,
    roomIds: Iterable<string> = roomIdsOf(playback),
  ): void {
    if (playback.ended && state !== 'ended') {
      // A listener of an earlier event has ended it.
      return;
    }
    playback.state = state;
    this.events.emit('subscriptionChanged', {
      streamId: playback.streamId,
      state,
      roomIds: [...roomIds],
      ...(error === undefined ? {} : { error }),
    });
  }

  dump(): ClientDump['subscriptions'] {
    return this.all.map((playback) => ({
      streamId: playback.streamId,
      state: playback.state,
      roomIds: roomIdsOf(playback),
      trackIds: playback.mediaStream.getTracks().map((track) => track.id),
    }));
  }
}
