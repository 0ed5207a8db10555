import { type types } from 'mediasoup-client';
import { type MediaConnection } from '../media/media-connection.js';
import { ZegoPlayerState } from '../zego-types.js';

/** A stream that comes in: once over the wire, on behalf of however many rooms. */
export interface Playback {
  streamID: string;
  /** Rooms for which the application plays it. */
  wanted: Set<string>;
  /** Those of them for which the servers do. */
  bound: Set<string>;
  /** The one object that the application gets, whatever becomes of the tracks in it. */
  mediaStream: MediaStream;
  media: MediaConnection | undefined;
  consumers: types.Consumer[];
  /** Made for a place that it had already left again: shown only where nothing follows. */
  passedOver: types.Consumer[];
  state: ZegoPlayerState;
  /** What is shown of it is its last picture. */
  stalled: boolean;
  /** How often it was said to come from elsewhere: what was made for an earlier place is not shown. */
  moves: number;
  /** It was lost while its rooms still show it: it is asked for until it is there. */
  recovering: boolean;
  ended: boolean;
}

export function newPlayback(streamID: string): Playback {
  return {
    streamID,
    wanted: new Set(),
    bound: new Set(),
    mediaStream: new MediaStream(),
    media: undefined,
    consumers: [],
    passedOver: [],
    state: ZegoPlayerState.NoPlay,
    stalled: false,
    moves: 0,
    recovering: false,
    ended: false,
  };
}

/** The rooms for which it plays; while it plays for none, those for which it waits. */
export function roomIDsOf(playback: Playback): string[] {
  return playback.bound.size > 0 ? [...playback.bound] : [...playback.wanted];
}

export function closeAll(consumers: readonly types.Consumer[]): void {
  consumers.forEach((consumer) => consumer.close());
}

export function show(mediaStream: MediaStream, view: HTMLMediaElement): void {
  if (view.srcObject !== mediaStream) {
    view.srcObject = mediaStream;
  }
  view.autoplay = true;
  // A browser may wait for a gesture before it lets sound be heard; the element starts by itself then.
  void view.play().catch(() => undefined);
}
