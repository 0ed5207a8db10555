import { KeyedQueue } from '@polyroom/async';

/**
 * Injects a fault into the SDK of this process: the work on one stream is no longer serialized, so that calls
 * which are not awaited overtake each other. Returns a function that removes it.
 */
export function removeIntentQueue(): () => void {
  const { run } = KeyedQueue.prototype;
  KeyedQueue.prototype.run = (_key, work) => work();
  return () => {
    KeyedQueue.prototype.run = run;
  };
}
