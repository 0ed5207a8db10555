import { expect, test } from '@jest/globals';
import { sdpOf } from './recording-sdp.js';

const hostile = 'x\r\nm=video 1 RTP/AVP 1';

test('contains ports and codecs, and no text from a publisher', () => {
  const sdp = sdpOf([
    {
      kind: 'video',
      port: 20_000,
      ssrc: 1,
      codec: {
        mimeType: 'video/H264',
        payloadType: 108,
        clockRate: 90_000,
        parameters: {
          'packetization-mode': 1,
          'profile-level-id': '42e01f',
          'sprop-parameter-sets': hostile,
        },
      },
    },
    {
      kind: 'audio',
      port: 20_002,
      ssrc: 2,
      codec: {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { 'profile-id': hostile, [hostile]: 1 },
      },
    },
  ]);
  expect(sdp.split('\r\n').slice(5)).toEqual([
    'm=video 20000 RTP/AVP 108',
    'a=rtcp:20001',
    'a=rtpmap:108 H264/90000',
    'a=fmtp:108 packetization-mode=1;profile-level-id=42e01f',
    'm=audio 20002 RTP/AVP 111',
    'a=rtcp:20003',
    'a=rtpmap:111 opus/48000/2',
    '',
  ]);
});

test('refuses a codec that ffmpeg does not read from RTP', () => {
  const codec = { mimeType: 'video/AV1', payloadType: 45, clockRate: 90_000 };
  expect(() => sdpOf([{ kind: 'video', port: 20_000, ssrc: 1, codec }])).toThrow(
    expect.objectContaining({ errorName: 'RECORDING_CODEC_UNSUPPORTED' }),
  );
});
