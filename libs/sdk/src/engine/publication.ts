import { describeArgument, type MediaKind } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { type MediaConnection } from '../media/media-connection.js';
import { ZegoError } from '../zego-error.js';
import { type ZegoPublishChannel, ZegoPublisherState } from '../zego-types.js';
import { PublicationMutes } from './publication-mutes.js';
import { TrackWatch } from './track-watch.js';

/** A published stream. It is sent once, regardless of the number of rooms that show it. */
export interface Publication {
  streamID: string;
  channel: ZegoPublishChannel;
  mediaStream: MediaStream;
  readonly tracks: TrackWatch;
  /** Rooms that show it, or will show it again after a reconnection. */
  roomIDs: Set<string>;
  /** Rooms in which the servers have confirmed it. */
  shownIn: Set<string>;
  /** The media connection that carries it; undefined until it is connected. */
  media: MediaConnection | undefined;
  /** Open producers. During a move there are two of a kind: the former connection still carries the stream. */
  readonly producers: Set<types.Producer>;
  mutes: PublicationMutes;
  state: ZegoPublisherState;
  ended: boolean;
}

export function newPublication(
  streamID: string,
  channel: ZegoPublishChannel,
  mediaStream: MediaStream,
  roomID: string,
  onTrackEnded: (publication: Publication, kind: MediaKind) => void,
): Publication {
  const tracks = new TrackWatch(mediaStream, (kind) => onTrackEnded(publication, kind));
  const publication: Publication = {
    streamID,
    channel,
    mediaStream,
    tracks,
    roomIDs: new Set([roomID]),
    shownIn: new Set(),
    media: undefined,
    producers: new Set(),
    mutes: new PublicationMutes(() => tracks.endedKinds),
    state: ZegoPublisherState.NoPublish,
    ended: false,
  };
  return publication;
}

/** Pauses the producers of a kind that is muted in every room. */
export function applyMutes({ mutes, producers, roomIDs }: Publication): void {
  for (const producer of producers) {
    const isSilent = mutes.isSilent(producer.kind, roomIDs);
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
export function notPublished(path: string, details: Record<string, unknown>): ZegoError {
  const problem = 'not published';
  return ZegoError.of(
    'PUBLISHER_PUBLISH_STREAM_FAILED',
    { path, ...details, problem },
    describeArgument(path, problem),
  );
}

/** A publication that was stopped while it was starting fails like any other failed start. */
export function assertOngoing(publication: Publication): void {
  if (publication.ended) {
    throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', {
      streamID: publication.streamID,
      problem: 'stopped',
    });
  }
}

/**
 * Removes a room with its mutes; returns whether it was present. A kind may now be muted in all remaining
 * rooms.
 */
export function removeRoom(publication: Publication, roomID: string): boolean {
  publication.shownIn.delete(roomID);
  publication.mutes.forgetRoom(roomID);
  const wasThere = publication.roomIDs.delete(roomID);
  applyMutes(publication);
  return wasThere;
}

/** Refuses, and forgets, a mute in a room that does not show the stream. */
export function assertShown(publication: Publication, roomID: string | undefined): void {
  const { ended, mutes, roomIDs, streamID } = publication;
  if (roomID !== undefined && !roomIDs.has(roomID) && !ended) {
    mutes.forgetRoom(roomID);
    throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', { streamID, roomID, problem: 'not shared' });
  }
}
