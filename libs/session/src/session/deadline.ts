import { AppError, type ErrorName } from '@polyroom/contracts';

/** The time that all steps of one piece of work have together. */
export class Deadline {
  private readonly endsAtMs: number;

  constructor(
    timeoutMs: number,
    private readonly errorName: ErrorName,
  ) {
    this.endsAtMs = Date.now() + timeoutMs;
  }

  /** What a step that may take `timeoutMs` may take now; throws when the time is up. */
  limit(timeoutMs: number): number {
    const remainingMs = this.endsAtMs - Date.now();
    if (remainingMs <= 0) {
      throw new AppError(this.errorName);
    }
    return Math.min(timeoutMs, remainingMs);
  }

  /** Waits for something that has no time limit of its own. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new AppError(this.errorName)), this.limit(Number.MAX_SAFE_INTEGER));
    });
    try {
      return await Promise.race([promise, expiry]);
    } finally {
      clearTimeout(timer);
    }
  }
}
