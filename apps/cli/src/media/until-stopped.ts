/** What ends a command that runs until Ctrl-C. */
export interface Stops {
  signal: AbortSignal;
  durationMs: number | undefined;
  /** The end of a file; rejects if it cannot be read further. */
  ended?: Promise<void> | undefined;
  /** Registers the function to call with an error that ends it. Returns what removes the registration. */
  onFailed: (fail: (error: unknown) => void) => () => void;
}

/** Resolves at the first end; rejects with the error of a failure. */
export async function untilStopped({ durationMs, ended, onFailed, signal }: Stops): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let remove: (() => void) | undefined;
  // Timers, sockets and native objects may not keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await new Promise<void>((resolve, reject) => {
      if (signal.aborted) {
        resolve();
      }
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (durationMs !== undefined) {
        timer = setTimeout(resolve, durationMs);
      }
      ended?.then(resolve, reject);
      remove = onFailed(reject);
    });
  } finally {
    clearTimeout(timer);
    clearInterval(alive);
    remove?.();
  }
}
