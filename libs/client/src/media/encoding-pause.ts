import { type Device, type types } from 'mediasoup-client';

/**
 * mediasoup-client stops the packets of a paused producer by negotiating another direction. When Firefox then sends
 * again, receivers cannot switch between its simulcast layers and stay with the smallest one.
 */
export function pausesByEncodings({ handlerName }: Device): boolean {
  return handlerName.startsWith('Firefox');
}

/** Stops the packets of a paused producer by deactivating its encodings, without a negotiation. */
export function pauseByEncodings(producer: types.Producer): void {
  producer.observer.on('pause', () => void setActive(producer, false));
  producer.observer.on('resume', () => void setActive(producer, true));
}

async function setActive({ closed, rtpSender }: types.Producer, isActive: boolean): Promise<void> {
  if (closed || rtpSender === undefined) {
    return;
  }
  const parameters = rtpSender.getParameters();
  parameters.encodings.forEach((encoding) => (encoding.active = isActive));
  // Rejects if the connection is closed meanwhile.
  await rtpSender.setParameters(parameters).catch(() => undefined);
}
