import {
  type ParsedRequestOf,
  type PayloadOf,
  type downlinkClosed,
  type mediaRpc,
} from '@polyroom/contracts';
import { type MediaWorker } from './media-worker.js';
import { type StreamMutes } from './stream-mutes.js';

export type RtpCapabilities = ParsedRequestOf<typeof mediaRpc.bindDownlink>['rtpCapabilities'];

/** Why a downlink or its stream closed by itself. */
export type CloseReason = PayloadOf<typeof downlinkClosed>['reason'];

/** A stream as requested by a viewer. */
export interface WantedStream {
  appId: number;
  streamId: string;
  sourceNodeId: string;
  /** Whether a data stream is requested, or one of audio and video. */
  data: boolean;
  /** Codecs of the viewer. A stream that it cannot decode is refused before anything is piped. */
  rtpCapabilities: RtpCapabilities;
}

/** A stream that can be consumed on one worker's router until it is released. */
export interface StreamLease {
  /** Producers on that router, audio before video. */
  producerIds: string[];
  /** The producer of a data stream, which has no others. */
  dataProducerId: string | undefined;
  mutes: StreamMutes;
  /** Releases the lease. Idempotent. */
  release(): void;
}

/**
 * Provides streams to viewers. Hides whether a stream is produced on the same router, piped from another
 * worker, or piped from another node.
 */
export interface StreamSource {
  /**
   * Makes the stream consumable on the router of `viewer`.
   *
   * @param onEnded is called at most once, when the stream ends; the lease still has to be released.
   * @param onAdded is called for each producer added later, such as a camera switched on meanwhile.
   * @throws PLAYER_PLAY_STREAM_NOT_EXIST, MEDIA_PARAMETERS_INVALID or MEDIA_NODE_UNAVAILABLE
   */
  lease(
    wanted: WantedStream,
    viewer: MediaWorker,
    onEnded: (reason: CloseReason) => void,
    onAdded: (producerId: string) => void,
  ): Promise<StreamLease>;
}
