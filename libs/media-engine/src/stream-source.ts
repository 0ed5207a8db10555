import {
  type ParsedRequestOf,
  type PayloadOf,
  type downlinkClosed,
  type mediaRpc,
} from '@polyroom/contracts';
import { type MediaWorker } from './media-worker.js';
import { type StreamMutes } from './stream-mutes.js';

export type RtpCapabilities = ParsedRequestOf<typeof mediaRpc.bindDownlink>['rtpCapabilities'];

/** Why a downlink, or the stream behind it, closed by itself. */
export type CloseReason = PayloadOf<typeof downlinkClosed>['reason'];

/** A stream as a viewer asks for it. */
export interface WantedStream {
  appId: number;
  streamId: string;
  sourceNodeId: string;
  /** A stream of data is wanted, or one of sound and picture. */
  data: boolean;
  /** What the viewer can decode. A stream that it cannot is refused before anything is piped. */
  rtpCapabilities: RtpCapabilities;
}

/** A stream that can be consumed on one worker's router, until it is released. */
export interface StreamLease {
  /** The producers on that router, audio before video. */
  producerIds: string[];
  /** Of a data stream, which has no others. */
  dataProducerId: string | undefined;
  mutes: StreamMutes;
  /** Gives it back. Idempotent. */
  release(): void;
}

/**
 * Where the streams that a viewer consumes come from. The viewer's side knows only this: whether a stream
 * is produced on the same router, piped from another worker or from another node, is the source's business.
 */
export interface StreamSource {
  /**
   * Makes the stream consumable on the router of `viewer`.
   *
   * @param onEnded is called at most once, when the stream ends; the lease still has to be released.
   * @param onAdded is called for each producer that comes later: a camera that was switched on meanwhile.
   * @throws PLAYER_PLAY_STREAM_NOT_EXIST, MEDIA_PARAMETERS_INVALID or MEDIA_NODE_UNAVAILABLE
   */
  lease(
    wanted: WantedStream,
    viewer: MediaWorker,
    onEnded: (reason: CloseReason) => void,
    onAdded: (producerId: string) => void,
  ): Promise<StreamLease>;
}
