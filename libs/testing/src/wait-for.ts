export interface WaitOptions {
  /** 15 seconds by default: patience for a busy machine, and no bound of the product. */
  timeoutMs?: number;
  /** The awaited condition, for the error message. */
  describe: string;
  intervalMs?: number;
}

type Falsy = false | 0 | '' | null | undefined;

/** Polls until the condition is truthy and returns its value; an error of the condition counts as not yet. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 15_000, describe, intervalMs = 20 }: WaitOptions,
): Promise<Exclude<T, Falsy>> {
  const deadlineMs = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) {
        return value as Exclude<T, Falsy>;
      }
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= deadlineMs) {
      throw new Error(`timed out after ${timeoutMs} ms waiting for ${describe}`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
