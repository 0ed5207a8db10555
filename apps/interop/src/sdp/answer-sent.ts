import { type SdpMedia } from 'sdp-transform';
import { type SentTrack } from './sent-tracks.js';
import { type TransportParameters, writeCodecs, writeSdp } from './write-sdp.js';

/** The answer to a sending client: its codecs that the cluster supports, and simulcast if offered. */
export function answerSentTracks(
  transport: TransportParameters,
  setup: 'active' | 'passive',
  tracks: readonly SentTrack[],
): string {
  return writeSdp(transport, setup, tracks.map(writeSection));
}

function writeSection({ kind, media: { mid, section }, rtpParameters, answered }: SentTrack): SdpMedia {
  const offered = new Set((section.ext ?? []).map(({ uri }) => uri));
  const hasRids = (rtpParameters.encodings ?? []).length > 1;
  return {
    type: kind,
    port: 9,
    protocol: section.protocol,
    mid,
    direction: 'recvonly',
    ...(writeCodecs(answered.codecs) as Pick<SdpMedia, 'rtp' | 'fmtp'>),
    ext: (answered.headerExtensions ?? [])
      .filter(({ uri }) => offered.has(uri))
      .map(({ uri, id }) => ({ uri, value: id })),
    ...(hasRids && section.simulcast !== undefined
      ? {
          simulcast: { dir1: 'recv', list1: section.simulcast.list1 },
          rids: rtpParameters.encodings!.map(({ rid }) => ({ id: String(rid), direction: 'recv' })),
        }
      : {}),
  };
}
