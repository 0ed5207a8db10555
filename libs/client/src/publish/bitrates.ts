import { type MediaKind } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';

/** The most to send of each kind, in bits per second. */
export type MaxBitrates = { [Kind in MediaKind]?: number };

/** Each smaller layer of a simulcast video gets this part of the next one. */
const layerRatio = 1 / 3;

/** Limits the encoder of a producer. The smaller layers of a simulcast video shrink with the largest one. */
export async function applyBitrate(
  { closed, kind, rtpSender }: Pick<types.Producer, 'closed' | 'kind' | 'rtpSender'>,
  bitrates: MaxBitrates,
): Promise<void> {
  const wanted = bitrates[kind];
  if (wanted === undefined || closed || rtpSender === undefined) {
    return;
  }
  const parameters = rtpSender.getParameters();
  const last = parameters.encodings.length - 1;
  parameters.encodings.forEach((encoding, index) => {
    encoding.maxBitrate = Math.round(wanted * layerRatio ** (last - index));
  });
  await rtpSender.setParameters(parameters);
}
