/** Runs work over a list, one batch at a time. */
export async function inBatches<T>(
  items: readonly T[],
  batchSize: number,
  run: (item: T) => Promise<unknown>,
): Promise<void> {
  for (let index = 0; index < items.length; index += batchSize) {
    await Promise.all(items.slice(index, index + batchSize).map(run));
  }
}
