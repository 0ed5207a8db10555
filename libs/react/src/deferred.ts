/**
 * Runs `work` once, after the effects of the current commit. React runs an effect, its clean-up and the effect again
 * in one go in Strict Mode, and the clean-ups of one screen before the effects of the next: work that is deferred sees
 * only the outcome.
 */
export function deferred(work: () => void): () => void {
  let isDue = false;
  return () => {
    if (!isDue) {
      isDue = true;
      queueMicrotask(() => {
        isDue = false;
        work();
      });
    }
  };
}
