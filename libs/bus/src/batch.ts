/**
 * Requests to one subject that are made in the same turn of the event loop travel as one message, and so do
 * the answers that are ready in the same turn. Alone, a request travels at once: there is no waiting.
 *
 * Request: `[[id, deadlineMs, body], …]`. Reply: `[[id, isError (0|1), body], …]`, in as many messages as
 * there are turns in which something is ready. IDs belong to the batch's reply subject.
 */
export type BatchedRequest = [id: number, deadlineMs: number, body: unknown];
export type BatchedReply = [id: number, isError: 0 | 1, body: unknown];

/** Requests in one message. It limits the replies to it too, which the server's permissions must allow. */
export const maxBatchedRequests = 64;
/** Characters in one message before another one is begun. The server refuses messages of 1 MiB by default. */
const maxBatchedChars = 256 * 1024;

/** Splits pieces of JSON into arrays of JSON of a bearable size. */
export function* toBatches<T extends { json: string }>(pieces: readonly T[]): Generator<T[]> {
  let batch: T[] = [];
  let chars = 0;
  for (const piece of pieces) {
    if (
      batch.length === maxBatchedRequests ||
      (batch.length > 0 && chars + piece.json.length > maxBatchedChars)
    ) {
      yield batch;
      batch = [];
      chars = 0;
    }
    batch.push(piece);
    chars += piece.json.length;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

export const joinJson = (pieces: readonly { json: string }[]): string =>
  `[${pieces.map(({ json }) => json).join(',')}]`;
