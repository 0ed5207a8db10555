import { type Device, type types } from 'mediasoup-client';

/** Bits per second of the layers, from the lowest resolution to the highest. */
const layers = [
  { scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { scaleResolutionDownBy: 2, maxBitrate: 300_000 },
  { scaleResolutionDownBy: 1, maxBitrate: 900_000 },
];

/** Layers for a video of this height: a small video is not worth three of them. */
function videoEncodings(height: number | undefined): types.RtpEncodingParameters[] {
  const count = height === undefined || height > 480 ? 3 : height > 240 ? 2 : 1;
  // Temporal layers help subscribers that cannot receive a full spatial layer; a single layer is always
  // received in full.
  return layers.slice(-count).map((layer) => (count === 1 ? layer : { ...layer, scalabilityMode: 'L1T3' }));
}

/** How a video track is sent. */
export function videoOptions(
  device: Device,
  track: MediaStreamTrack,
): Pick<types.ProducerOptions, 'codec' | 'codecOptions' | 'encodings'> {
  const codec = device.sendRtpCapabilities.codecs?.find(
    (candidate) => candidate.mimeType.toLowerCase() === 'video/vp8',
  );
  return {
    // WebRTC packages for Node.js have no settings.
    encodings: videoEncodings((track as Partial<MediaStreamTrack>).getSettings?.().height),
    codecOptions: { videoGoogleStartBitrate: 600 },
    ...(codec === undefined ? {} : { codec }),
  };
}
