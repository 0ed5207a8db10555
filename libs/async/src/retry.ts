import pRetry from 'p-retry';

export interface RetryOptions {
  /** Including the first one; unlimited by default. */
  attempts?: number;
  firstDelayMs: number;
  /** Delays double up to this one; by default all are like the first. */
  maxDelayMs?: number;
  /** Whether an error is worth another attempt; by default all are. */
  shouldRetry?: (error: unknown) => boolean;
  /** Called after each failed attempt that is worth another one, also after the last. `attempt` counts from 1. */
  onFailure?: (error: unknown, attempt: number) => void;
  /** Ends the delay between two attempts, and all further ones, with its reason. */
  signal?: AbortSignal;
  /** Whether a delay keeps Node.js running; false by default. */
  ref?: boolean;
}

/** p-retry gives up at a TypeError, which may be what a library throws when its server is away. */
class FailedAttempt extends Error {
  constructor(readonly reason: unknown) {
    super('attempt failed');
  }
}

/** Runs work until it succeeds. Rejects with the error of the last attempt. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts = Infinity, firstDelayMs, maxDelayMs = firstDelayMs, onFailure, signal, ref } = options;
  // The reason of the signal arrives here, too.
  const isWorthwhile = (error: unknown): error is FailedAttempt =>
    error instanceof FailedAttempt && options.shouldRetry?.(error.reason) !== false;
  const attempt = async (): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new FailedAttempt(error);
    }
  };
  try {
    return await pRetry(attempt, {
      retries: attempts - 1,
      minTimeout: firstDelayMs,
      maxTimeout: maxDelayMs,
      unref: ref !== true,
      shouldRetry: ({ error }) => isWorthwhile(error),
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (isWorthwhile(error)) {
          onFailure?.(error.reason, attemptNumber);
        }
      },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw error instanceof FailedAttempt ? error.reason : error;
  }
}
