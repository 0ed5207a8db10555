import { describeArgument, type MediaKind } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';
import { type MediaState, type PublishChannel } from '../client-types.js';
import { type MediaConnection } from '../media/media-connection.js';
import { PolyroomError } from '../polyroom-error.js';
import { type MaxBitrates } from './bitrates.js';
import { PublicationMutes } from './publication-mutes.js';
import { TrackWatch } from './track-watch.js';

/** A published stream. It is sent once, regardless of the number of rooms that show it. */
export interface Publication {
  streamId: string;
  channel: PublishChannel;
  mediaStream: MediaStream;
  readonly tracks: TrackWatch;
  /** Rooms that show it, or will show it again after a reconnection. */
  roomIds: Set<string>;
  /** Rooms in which the servers have confirmed it. */
  shownIn: Set<string>;
  /** The same, but kept while the connection is lost, and until it is published again. */
  readonly sharedIn: Set<string>;
  /** Rooms of pending shares, in call order. The stream does not end with its last room before they settle. */
  readonly sharing: string[];
  /** The media connection that carries it; undefined until it is connected. */
  media: MediaConnection | undefined;
  /** Open producers. During a move there are two of a kind: the former connection still carries the stream. */
  readonly producers: Set<types.Producer>;
  mutes: PublicationMutes;
  /** The application's text; undefined until it sets one. */
  extraInfo: string | undefined;
  readonly bitrates: MaxBitrates;
  state: MediaState;
  ended: boolean;
}

export function newPublication(
  streamId: string,
  channel: PublishChannel,
  mediaStream: MediaStream,
  roomId: string,
  handlers: {
    onTrackEnded: (publication: Publication, kind: MediaKind) => void;
    onTrackInterrupted: (publication: Publication) => void;
  },
): Publication {
  const tracks = new TrackWatch({
    mediaStream,
    onEnded: (kind) => handlers.onTrackEnded(publication, kind),
    onInterrupted: () => handlers.onTrackInterrupted(publication),
  });
  const publication: Publication = {
    streamId,
    channel,
    mediaStream,
    tracks,
    roomIds: new Set([roomId]),
    shownIn: new Set(),
    sharedIn: new Set(),
    sharing: [],
    media: undefined,
    producers: new Set(),
    mutes: new PublicationMutes(() => tracks.endedKinds),
    extraInfo: undefined,
    bitrates: {},
    state: 'ended',
    ended: false,
  };
  return publication;
}

/** Pauses the producers of a kind that is muted in every room. */
export function applyMutes({ mutes, producers, roomIds }: Publication): void {
  for (const producer of producers) {
    const isSilent = mutes.isSilent(producer.kind, roomIds);
    if (isSilent && !producer.paused) {
      producer.pause();
    } else if (!isSilent && producer.paused) {
      producer.resume();
    }
  }
}

export function closeProducers({ producers }: Publication): void {
  [...producers].forEach((producer) => producer.close());
}

/** `path` names the argument that refers to a stream which is not published. */
export function notPublished(path: string, details: Record<string, unknown>): PolyroomError {
  const problem = 'not published';
  return PolyroomError.of(
    'PUBLISHER_PUBLISH_STREAM_FAILED',
    { path, ...details, problem },
    describeArgument(path, problem),
  );
}

/** The call was superseded: the stream was stopped, or its room left, before the servers responded. */
export function stopped({ streamId }: Publication): PolyroomError {
  return PolyroomError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { streamId, problem: 'stopped' });
}

/**
 * A publication that was stopped while it was starting fails like any other failed start. `roomId` is a room into
 * which it is about to be shared, and which may have been left.
 */
export function assertOngoing(publication: Publication, roomId?: string): void {
  const { ended, roomIds, sharing } = publication;
  if (ended || (roomId !== undefined && ![...roomIds, ...sharing].includes(roomId))) {
    throw stopped(publication);
  }
}

/**
 * Removes a room with its mutes; returns whether it was present. A kind may now be muted in all remaining
 * rooms.
 */
export function removeRoom(publication: Publication, roomId: string): boolean {
  publication.shownIn.delete(roomId);
  publication.mutes.forgetRoom(roomId);
  const wasThere = publication.roomIds.delete(roomId);
  applyMutes(publication);
  return wasThere;
}

/** Refuses, and forgets, a mute in a room that does not show the stream. */
export function assertShown(publication: Publication, roomId: string | undefined): void {
  const { ended, mutes, roomIds, streamId } = publication;
  if (roomId !== undefined && !roomIds.has(roomId) && !ended) {
    mutes.forgetRoom(roomId);
    throw PolyroomError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { streamId, roomId, problem: 'not shared' });
  }
}
