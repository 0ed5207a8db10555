import { type ClientParams, type MediaKind } from '@polyroom/contracts';
import { ortc, type types } from 'mediasoup-client';
import { type SdpMedia } from 'sdp-transform';
import { type ClientMedia } from './read-sdp.js';
import { readCapabilities } from './rtp-capabilities.js';
import { sdpRefused } from './sdp-refused.js';

type RtpParameters = ClientParams<'stream.produce'>['rtpParameters'];

/** A track that a WHIP client sends: what the media node is told of it, and what the answer says. */
export interface SentTrack {
  kind: MediaKind;
  media: ClientMedia;
  rtpParameters: RtpParameters;
  answered: types.RtpParameters;
}

/** The most encodings of a track: more would not help anybody. */
const mostEncodings = 4;

/** The client's own order of codecs decides among those that the cluster speaks. */
export function readSentTracks(
  media: readonly ClientMedia[],
  routerRtpCapabilities: types.RtpCapabilities,
): SentTrack[] {
  try {
    const extended = ortc.getExtendedRtpCapabilities(readCapabilities(media), routerRtpCapabilities, true);
    return media.map((section) => readSentTrack(section, extended));
  } catch (error) {
    // ortc throws TypeErrors at what is no capability.
    throw error instanceof TypeError ? sdpRefused(error.message, error) : error;
  }
}

function readSentTrack(media: ClientMedia, extended: types.ExtendedRtpCapabilities): SentTrack {
  const { kind, section, mid } = media;
  const sending = ortc.getSendingRtpParameters(kind, extended);
  const answered = ortc.getSendingRemoteRtpParameters(kind, extended);
  if (sending.codecs.length === 0) {
    throw sdpRefused(`no codec of m=${kind} is one of ours`);
  }
  sending.codecs = ortc.reduceCodecs(sending.codecs);
  answered.codecs = ortc.reduceCodecs(answered.codecs);
  const cname = section.ssrcs?.find(({ attribute }) => attribute === 'cname')?.value;
  const rtpParameters = {
    ...sending,
    mid,
    encodings: readEncodings(section, sending.codecs.length > 1),
    rtcp: { ...(cname === undefined ? {} : { cname: String(cname).slice(0, 256) }), reducedSize: true },
  };
  return { kind, media, rtpParameters: rtpParameters as unknown as RtpParameters, answered };
}

/** By RID where there are several; else by the first SSRC, with the one of its retransmissions. */
function readEncodings(section: SdpMedia, hasRtx: boolean): types.RtpEncodingParameters[] {
  const rids = (section.rids ?? []).filter(({ direction }) => direction === 'send').slice(0, mostEncodings);
  if (rids.length > 1 && section.simulcast !== undefined) {
    return rids.map(({ id }) => ({ rid: String(id) }));
  }
  const ssrc = Number(section.ssrcs?.[0]?.id);
  if (!Number.isInteger(ssrc)) {
    // Found by its MID, or by its payload type.
    return [{}];
  }
  const pairs = (section.ssrcGroups ?? [])
    .filter(({ semantics }) => semantics === 'FID')
    .map(({ ssrcs }) => ssrcs.split(/\s+/).map(Number));
  const rtx = pairs.find(([first]) => first === ssrc)?.[1];
  return [{ ssrc, ...(hasRtx && rtx !== undefined ? { rtx: { ssrc: rtx } } : {}) }];
}
