import { AppError } from '@polyroom/contracts';
import { type types } from 'mediasoup';

/** What goes to one port of ffmpeg. */
export interface RecordedTrack {
  kind: types.MediaKind;
  /** RTP; RTCP comes on the next one. */
  port: number;
  ssrc: number;
  codec: types.RtpCodecParameters;
}

/** What Debian's ffmpeg takes out of RTP: it makes nothing of a browser's VP9, and reads AV1 since 8.0 only. */
const encodingNames: Record<string, string> = {
  'audio/opus': 'opus',
  'video/vp8': 'VP8',
  'video/h264': 'H264',
};

/** The rest tells ffmpeg nothing, and is the publisher's own text. */
const knownParameters = ['packetization-mode', 'profile-level-id'];

export function isRecordable(mimeType: string): boolean {
  return mimeType.toLowerCase() in encodingNames;
}

/** Says to ffmpeg which packets come where. Nothing that a client has written gets into it unread. */
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
    const value = String(parameters?.[key] ?? '');
    return /^[0-9A-Fa-f]{1,8}$/.test(value) ? [`${key}=${value}`] : [];
  });
  return [
    `m=${kind} ${port} RTP/AVP ${payloadType}`,
    `a=rtcp:${port + 1}`,
    `a=rtpmap:${payloadType} ${name}/${clockRate}${kind === 'audio' ? `/${channels ?? 1}` : ''}`,
    ...(known.length === 0 ? [] : [`a=fmtp:${payloadType} ${known.join(';')}`]),
  ];
}
