import { AppError } from '@polyroom/contracts';
import { type types } from 'mediasoup';

/** A track sent to one port of ffmpeg. */
export interface RecordedTrack {
  kind: types.MediaKind;
  /** RTP port; RTCP uses the next one. */
  port: number;
  ssrc: number;
  codec: types.RtpCodecParameters;
}

/** Codecs that Debian's ffmpeg depacketizes: it fails on a browser's VP9, and reads AV1 only since 8.0. */
const encodingNames: Record<string, string> = {
  'audio/opus': 'opus',
  'video/vp8': 'VP8',
  'video/h264': 'H264',
};

/** ffmpeg needs no other parameters, and the publisher controls their text. */
const knownParameters = ['packetization-mode', 'profile-level-id'];

export function isRecordable(mimeType: string): boolean {
  return mimeType.toLowerCase() in encodingNames;
}

/** The SDP that maps ports to tracks for ffmpeg. Client-supplied values are validated before use. */
export function sdpOf(tracks: readonly RecordedTrack[]): string {
  return [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    ...tracks.flatMap(mediaLines),
    '',
  ].join('\r\n');
}

function mediaLines({ kind, port, codec }: RecordedTrack): string[] {
  const { channels, clockRate, mimeType, parameters, payloadType } = codec;
  const name = encodingNames[mimeType.toLowerCase()];
  if (name === undefined) {
    throw new AppError('RECORDING_CODEC_UNSUPPORTED', { details: { mimeType } });
  }
  const known = knownParameters.flatMap((key) => {
    const given: unknown = parameters?.[key];
    const value = typeof given === 'string' || typeof given === 'number' ? String(given) : '';
    return /^[0-9A-Fa-f]{1,8}$/.test(value) ? [`${key}=${value}`] : [];
  });
  return [
    `m=${kind} ${port} RTP/AVP ${payloadType}`,
    `a=rtcp:${port + 1}`,
    `a=rtpmap:${payloadType} ${name}/${clockRate}${kind === 'audio' ? `/${channels ?? 1}` : ''}`,
    ...(known.length === 0 ? [] : [`a=fmtp:${payloadType} ${known.join(';')}`]),
  ];
}
