import { jest } from '@jest/globals';

const tickMs = 5;

/**
 * Runs timers and clocks `factor` times as fast; sockets run in real time. Returns the disposer. Fake time does not
 * catch up, so a busy machine delays both alike.
 */
export function startFastTime(factor = 10): () => void {
  const { clearInterval: stopTicking } = globalThis;
  const ticking = setInterval(() => jest.advanceTimersByTime(tickMs * factor), tickMs);
  // Sockets need these.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'] });
  return () => {
    stopTicking(ticking);
    jest.useRealTimers();
  };
}
