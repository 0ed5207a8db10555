import { type types } from 'mediasoup-client';

/** When viewers have typically created their consumers, on short and on long round trips. */
const delaysMs = [100, 200, 300, 400, 550, 700, 900, 1200];

/**
 * Sends key frames for about a second. Viewers that follow a stream to a new location all need one first, and
 * a browser that has just sent a key frame ignores further requests for a while. If the browser has no API to
 * force one, viewers wait for the next key frame that they may request.
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
    // The second argument is part of WebRTC Extensions and missing from the types.
    const setParameters = rtpSender.setParameters as (
      parameters: RTCRtpSendParameters,
      options: object,
    ) => Promise<void>;
    await setParameters.call(rtpSender, parameters, { encodingOptions });
  } catch {
    // A concurrent change of the parameters won; the next attempt follows soon.
  }
}
