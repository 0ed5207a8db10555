const maxDelayMs = 32_000;

/** How long to wait before an attempt: within the first second at random, then 1, 2, 4 … s up to 32 s. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  return attempt === 0 ? random() * 1000 : Math.min(2 ** (attempt - 1) * 1000, maxDelayMs);
}
