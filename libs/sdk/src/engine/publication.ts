import { type MediaKind } from '@polyroom/contracts';
import { type types } from 'mediasoup-client';
import { type MediaConnection } from '../media/media-connection.js';
import { ZegoError } from '../zego-error.js';
import { type ZegoPublishChannel, type ZegoPublisherState } from '../zego-types.js';

/** A stream that goes out: once over the wire, in however many rooms it is shown. */
export interface Publication {
  streamID: string;
  channel: ZegoPublishChannel;
  mediaStream: MediaStream;
  /** Rooms that show it, or show it again after a reconnection. */
  roomIDs: Set<string>;
  /** The media connection that carries it; undefined until then. */
  media: MediaConnection | undefined;
  producers: types.Producer[];
  /** Kinds that nobody gets. */
  muted: Set<MediaKind>;
  /** Kinds that single rooms do not get. */
  roomMutes: Map<string, Set<MediaKind>>;
  state: ZegoPublisherState;
  ended: boolean;
}

export function kindsOf({ mediaStream }: Publication): MediaKind[] {
  return [...new Set(mediaStream.getTracks().map((track) => track.kind as MediaKind))];
}

export function newSetIn(sets: Map<string, Set<MediaKind>>, key: string): Set<MediaKind> {
  const made = new Set<MediaKind>();
  sets.set(key, made);
  return made;
}

/** Nothing of what nobody gets leaves this machine. */
export function applyMutes({ muted, producers }: Publication): void {
  for (const producer of producers) {
    if (muted.has(producer.kind)) {
      producer.pause();
    } else {
      producer.resume();
    }
  }
}

/** What was stopped while it was being started ends as any other publishing that did not come about. */
export function assertOngoing(publication: Publication): void {
  if (publication.ended) {
    throw ZegoError.of('PUBLISHER_PUBLISH_STREAM_FAILED', {
      streamID: publication.streamID,
      problem: 'stopped',
    });
  }
}
