import { type types } from 'mediasoup-client';

const pollIntervalMs = 20;

/** Waits until one of these consumers can be rendered: a decoded frame, or audio if there is no video. */
export async function waitForFirstFrame(
  consumers: types.Consumer[],
  /** May shrink while waiting. */
  timeoutMs: () => number,
): Promise<void> {
  const awaited = consumers.find(({ kind }) => kind === 'video') ?? consumers[0];
  const startedAtMs = performance.now();
  while (awaited !== undefined && !awaited.closed && performance.now() - startedAtMs < timeoutMs()) {
    if (await hasArrived(awaited)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
  }
}

async function hasArrived(consumer: types.Consumer): Promise<boolean> {
  let arrived = false;
  (await consumer.getStats()).forEach((report: { type: string } & Record<string, unknown>) => {
    const count = consumer.kind === 'video' ? report['framesDecoded'] : report['packetsReceived'];
    arrived ||= report.type === 'inbound-rtp' && Number(count ?? 0) > 0;
  });
  return arrived;
}
