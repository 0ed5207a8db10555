import { type types } from 'mediasoup-client';
import { type MediaKind, type MediaState, type VideoLayer } from '../client-types.js';
import { type MediaConnection } from '../media/media-connection.js';

/** The application plays the stream for a room, since one or more calls. */
export interface Wish {
  /** The calls that are neither settled nor aborted. */
  calls: Set<object>;
  /** One of them has succeeded: the playback continues until it is stopped. */
  isAccepted: boolean;
}

/** A played stream. It is received once, regardless of the number of rooms that show it. */
export interface Playback {
  streamId: string;
  /** Rooms for which the application plays the stream. */
  wanted: Map<string, Wish>;
  /** The rooms among them for which the servers have bound it. */
  bound: Set<string>;
  /** The object that the application gets. It stays the same when its tracks change. */
  mediaStream: MediaStream;
  media: MediaConnection | undefined;
  consumers: types.Consumer[];
  /** Consumers of a location that the stream had already left: used only if no later one follows. */
  passedOver: types.Consumer[];
  state: MediaState;
  /** It shows a frozen last frame. */
  stalled: boolean;
  /** Number of reports of the servers that bindings have ended. */
  updates: number;
  /** Number of reported moves. Consumers created for an earlier location are not shown. */
  moves: number;
  /** The stream was lost while its rooms still show it; playing it is retried. */
  recovering: boolean;
  ended: boolean;
  /** Kinds that the application does not play. */
  muted: Set<MediaKind>;
  /** The largest simulcast layer that the application wants; undefined: all. */
  maxLayer: VideoLayer | undefined;
  /** The limit that the servers apply, undefined while it is unknown. */
  limit: string | undefined;
  /** Elements that show it. */
  elements: Set<HTMLMediaElement>;
}

export function newPlayback(streamId: string, MediaStreamClass: typeof MediaStream): Playback {
  return {
    streamId,
    wanted: new Map(),
    bound: new Set(),
    mediaStream: new MediaStreamClass(),
    media: undefined,
    consumers: [],
    passedOver: [],
    state: 'ended',
    stalled: false,
    updates: 0,
    moves: 0,
    recovering: false,
    ended: false,
    muted: new Set(),
    maxLayer: undefined,
    limit: undefined,
    elements: new Set(),
  };
}

/** The rooms for which it plays; while it plays for none, the rooms for which it waits. */
export function roomIdsOf(playback: Playback): string[] {
  return playback.bound.size > 0 ? [...playback.bound] : [...playback.wanted.keys()];
}

export function closeAll(consumers: readonly types.Consumer[]): void {
  consumers.forEach((consumer) => consumer.close());
}
