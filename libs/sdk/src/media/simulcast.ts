import { type types } from 'mediasoup-client';

/** Bits per second of the layers, from the smallest picture to the largest. */
const layers = [
  { scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { scaleResolutionDownBy: 2, maxBitrate: 300_000 },
  { scaleResolutionDownBy: 1, maxBitrate: 900_000 },
];

/** Layers for a picture of this height: a small one is not worth three of them. */
export function videoEncodings(height: number | undefined): types.RtpEncodingParameters[] {
  const count = height === undefined || height > 480 ? 3 : height > 240 ? 2 : 1;
  // Layers in time serve those who cannot take the whole of one picture size; of one size all is taken.
  return layers.slice(-count).map((layer) => (count === 1 ? layer : { ...layer, scalabilityMode: 'L1T3' }));
}
