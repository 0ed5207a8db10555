const maxDelayMs = 32_000;

/** Delay before an attempt: random within the first second, then 1, 2, 4 … s up to 32 s. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  return attempt === 0 ? random() * 1000 : Math.min(2 ** (attempt - 1) * 1000, maxDelayMs);
}
