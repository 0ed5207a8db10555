import { type types } from 'mediasoup-client';

/** When those who play the stream have made their receivers, over a near network and over a far one. */
const delaysMs = [100, 200, 300, 400, 550, 700, 900, 1200];

/**
 * Sends whole pictures for a moment. Viewers who follow a stream to a new place all begin with one, and a
 * browser that has just sent one answers nobody who asks for another. Where it cannot be told to send them,
 * viewers wait for the next one that they may ask for.
 */
export function sendKeyFrames(producers: readonly types.Producer[]): void {
  for (const producer of producers) {
    if (producer.kind === 'video') {
      delaysMs.forEach((delayMs) => setTimeout(() => void sendKeyFrame(producer), delayMs));
    }
  }
}

async function sendKeyFrame({ closed, rtpSender }: types.Producer): Promise<void> {
  if (closed || rtpSender === undefined) {
    return;
  }
  try {
    const parameters = rtpSender.getParameters();
    const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
    // The second argument is of WebRTC's extensions, and newer than the types.
    const setParameters = rtpSender.setParameters as (
      parameters: RTCRtpSendParameters,
      options: object,
    ) => Promise<void>;
    await setParameters.call(rtpSender, parameters, { encodingOptions });
  } catch {
    // Another change of the parameters was quicker; the next one comes soon.
  }
}
