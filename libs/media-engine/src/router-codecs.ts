import { type types } from 'mediasoup';

/**
 * Codecs of every router in the cluster. All routers have the same list, so a viewer that can play a stream
 * on its own router can play it on any other, and a pipe needs no transcoding.
 * The payload types are libwebrtc's defaults: in WHEP the viewer makes the offer with its own numbers, and a
 * router does not rewrite them.
 * H264 is the constrained baseline profile that browsers and phones have in common.
 */
export const routerCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    preferredPayloadType: 111,
    channels: 2,
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 96 },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    clockRate: 90_000,
    preferredPayloadType: 98,
    parameters: { 'profile-id': 0 },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    preferredPayloadType: 108,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
    },
  },
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000, preferredPayloadType: 45 },
];
