import { type ClientParams, type MediaKind } from '@polyroom/contracts';
import { ortc, type types } from 'mediasoup-client';
import { type SdpMedia } from 'sdp-transform';
import { type ClientMedia } from './read-sdp.js';
import { readCapabilities } from './rtp-capabilities.js';
import { sdpRefused } from './sdp-refused.js';

type RtpParameters = ClientParams<'stream.produce'>['rtpParameters'];

/** A track sent by a WHIP client: its parameters for the media node and for the answer. */
export interface SentTrack {
  kind: MediaKind;
  media: ClientMedia;
  rtpParameters: RtpParameters;
  answered: types.RtpParameters;
}

/** Maximum encodings of a track: more have no use. */
const mostEncodings = 4;

/** The client's codec order decides among the codecs of the cluster. */
export function readSentTracks(
  media: readonly ClientMedia[],
  routerRtpCapabilities: types.RtpCapabilities,
): SentTrack[] {
  try {
    const extended = ortc.getExtendedRtpCapabilities(readCapabilities(media), routerRtpCapabilities, true);
    return media.map((section) => readSentTrack(section, extended));
  } catch (error) {
    // ortc throws TypeErrors for invalid capabilities.
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

/** By RID if there are several; otherwise by the first SSRC and that of its retransmissions. */
function readEncodings(section: SdpMedia, hasRtx: boolean): types.RtpEncodingParameters[] {
  const rids = (section.rids ?? []).filter(({ direction }) => direction === 'send').slice(0, mostEncodings);
  if (rids.length > 1 && section.simulcast !== undefined) {
    return rids.map(({ id }) => ({ rid: String(id) }));
  }
  const ssrc = Number(section.ssrcs?.[0]?.id);
  if (!Number.isInteger(ssrc)) {
    // Identified by its MID, or by its payload type.
    return [{}];
  }
  const pairs = (section.ssrcGroups ?? [])
    .filter(({ semantics }) => semantics === 'FID')
    .map(({ ssrcs }) => ssrcs.split(/\s+/).map(Number));
  const rtx = pairs.find(([first]) => first === ssrc)?.[1];
  return [{ ssrc, ...(hasRtx && rtx !== undefined ? { rtx: { ssrc: rtx } } : {}) }];
}
