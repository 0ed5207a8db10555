import { jest } from '@jest/globals';

const tickMs = 5;

/**
 * Timers and clocks run ten times as fast from now on; sockets keep their pace. Returns what ends it. A busy machine
 * delays both alike, because the time does not catch up.
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
