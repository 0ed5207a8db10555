import { type types } from 'mediasoup-client';
import sdpTransform from 'sdp-transform';
import { type ClientMedia } from './read-sdp.js';

type Codec = types.RtpCodecCapability;

/** The client's send or receive capabilities in mediasoup's format. */
export function readCapabilities(media: readonly ClientMedia[]): types.RtpCapabilities {
  return {
    codecs: media.flatMap(readCodecs),
    headerExtensions: media.flatMap(({ kind, section }) =>
      (section.ext ?? [])
        .filter((extension) => extension['encrypt-uri'] === undefined)
        .map(({ uri, value }) => ({ kind, uri: uri as types.RtpHeaderExtensionUri, preferredId: value })),
    ),
  };
}

function readCodecs({ kind, section }: ClientMedia): Codec[] {
  const codecs = section.rtp.map(({ payload, codec, rate, encoding }): Codec => {
    const config = section.fmtp.find((line) => line.payload === payload)?.config;
    const parameters: Record<string, string | number> =
      config === undefined ? {} : sdpTransform.parseParams(config);
    const profile = parameters['profile-level-id'];
    if (profile !== undefined) {
      // The SDP parser turns a digits-only value into a number.
      parameters['profile-level-id'] = String(profile);
    }
    return {
      kind,
      mimeType: `${kind}/${codec}`,
      preferredPayloadType: payload,
      clockRate: rate ?? (kind === 'audio' ? 8000 : 90_000),
      ...(kind === 'audio' ? { channels: Number(encoding ?? 1) } : {}),
      parameters,
      rtcpFeedback: [],
    };
  });
  for (const { payload, type, subtype } of section.rtcpFb ?? []) {
    codecs
      .filter((codec) =>
        payload === '*' ? !/\/rtx$/i.test(codec.mimeType) : codec.preferredPayloadType === Number(payload),
      )
      .forEach((codec) =>
        codec.rtcpFeedback!.push({ type, ...(subtype === undefined ? {} : { parameter: subtype }) }),
      );
  }
  return codecs;
}
