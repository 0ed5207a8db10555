import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { ortc, type types } from 'mediasoup-client';
import { type SdpMedia } from 'sdp-transform';
import { type ClientMedia } from './read-sdp.js';
import { readCapabilities } from './rtp-capabilities.js';
import { sdpRefused } from './sdp-refused.js';
import { type TransportParameters, writeCodecs, writeSdp } from './write-sdp.js';

type Consumer = ClientResult<'stream.play'>['consumers'][number];
type RtpCapabilities = ClientParams<'stream.play'>['rtpCapabilities'];

const midUri = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/** The tracks that a WHEP client can receive, and the SDP returned to it. */
export class ReceivedTracks {
  private constructor(
    private readonly media: readonly ClientMedia[],
    private readonly extended: types.ExtendedRtpCapabilities,
  ) {}

  static read(media: readonly ClientMedia[], routerRtpCapabilities: types.RtpCapabilities): ReceivedTracks {
    try {
      return new ReceivedTracks(
        media,
        ortc.getExtendedRtpCapabilities(readCapabilities(media), routerRtpCapabilities, false),
      );
    } catch (error) {
      throw error instanceof TypeError ? sdpRefused(error.message, error) : error;
    }
  }

  /**
   * Capabilities for the media node in the client's own payload types: without RTX, and with the header
   * extensions whose IDs happen to equal ours. A client chooses its IDs freely, and a router sends its own.
   */
  get capabilitiesAsOffered(): RtpCapabilities {
    const { codecs = [], headerExtensions = [] } = this.capabilitiesInOurNumbers as types.RtpCapabilities;
    return {
      codecs: codecs.filter(({ mimeType }) => !/\/rtx$/i.test(mimeType)),
      headerExtensions: headerExtensions.filter(({ uri, preferredId }) =>
        this.media.some(({ section }) =>
          section.ext?.some((offered) => offered.uri === uri && offered.value === preferredId),
        ),
      ),
    } as RtpCapabilities;
  }

  /**
   * Capabilities for the media node if we make the offer: the intersection. Streams are identified by SSRC,
   * not by MID.
   */
  get capabilitiesInOurNumbers(): RtpCapabilities {
    const { codecs = [], headerExtensions = [] } = ortc.getRecvRtpCapabilities(this.extended);
    return {
      codecs,
      headerExtensions: headerExtensions.filter(({ uri }) => uri !== midUri),
    } as RtpCapabilities;
  }

  /** Whether the client offered the payload types that these consumers send. */
  understands(consumers: readonly Consumer[]): boolean {
    return consumers.every((consumer) =>
      codecsOf(consumer).every(({ payloadType }) =>
        this.extended.codecs.some(
          ({ kind, localPayloadType, remotePayloadType }) =>
            kind === consumer.kind && remotePayloadType === payloadType && localPayloadType === payloadType,
        ),
      ),
    );
  }

  /** The answer to the client's offer. A section without a track is inactive. */
  answer(
    transport: TransportParameters,
    setup: 'active' | 'passive',
    consumers: readonly Consumer[],
    streamId: string,
  ): string {
    const sections = this.media.map(({ kind, mid, section }): SdpMedia => {
      const consumer = consumers.find((candidate) => candidate.kind === kind);
      return consumer === undefined
        ? inactive(kind, mid, section)
        : writeConsumer(consumer, mid, section.protocol, streamId);
    });
    return writeSdp(transport, setup, sections);
  }
}

/** Our own offer with the consumers' payload types, for a client whose own do not match. */
export function offerConsumers(
  transport: TransportParameters,
  consumers: readonly Consumer[],
  streamId: string,
): string {
  return writeSdp(
    transport,
    'actpass',
    consumers.map((consumer, index) => writeConsumer(consumer, String(index), 'UDP/TLS/RTP/SAVPF', streamId)),
  );
}

function codecsOf({ rtpParameters }: Consumer): types.RtpCodecParameters[] {
  return (rtpParameters as unknown as types.RtpParameters).codecs;
}

function writeConsumer(consumer: Consumer, mid: string, protocol: string, streamId: string): SdpMedia {
  const {
    headerExtensions = [],
    encodings = [],
    rtcp,
  } = consumer.rtpParameters as unknown as types.RtpParameters;
  const { rtx, ssrc } = encodings[0]!;
  const ssrcs = [ssrc!, ...(rtx === undefined ? [] : [rtx.ssrc])];
  return {
    type: consumer.kind,
    port: 9,
    protocol,
    mid,
    direction: 'sendonly',
    ...(writeCodecs(codecsOf(consumer)) as Pick<SdpMedia, 'rtp' | 'fmtp'>),
    ext: headerExtensions.map(({ uri, id }) => ({ uri, value: id })),
    // One stream ID for both keeps them in sync.
    msid: [{ id: streamId, appdata: consumer.consumerId }],
    ssrcs: ssrcs.map((id) => ({ id, attribute: 'cname', value: rtcp?.cname ?? streamId })),
    ...(rtx === undefined ? {} : { ssrcGroups: [{ semantics: 'FID', ssrcs: ssrcs.join(' ') }] }),
  };
}

function inactive(kind: string, mid: string, { protocol, rtp, fmtp, payloads }: SdpMedia): SdpMedia {
  return {
    type: kind,
    port: 9,
    protocol,
    mid,
    direction: 'inactive',
    rtp: rtp.slice(0, 1),
    fmtp: fmtp.filter(({ payload }) => payload === rtp[0]?.payload),
    ...(payloads === undefined ? {} : { payloads: String(payloads).split(' ')[0]! }),
  };
}
