/**
 * Requests to one subject that are made in the same event-loop tick are sent as one message, and so are the
 * replies that are ready in the same tick. No request waits for others beyond its tick.
 *
 * Request: `[[id, deadlineMs, body, statement?], …]`. Reply: `[[id, isError (0|1), body], …]`, one message for each tick
 * in which replies are ready. IDs are scoped to the reply subject of the batch.
 */
export type BatchedRequest = [id: number, deadlineMs: number, body: unknown, statement?: unknown];
export type BatchedReply = [id: number, isError: 0 | 1, body: unknown];

/** Names the span of the caller (W3C Trace Context). Only messages of traced requests have it. */
export const traceparentHeader = 'traceparent';

/** Requests per message, and so the most replies to it. The NATS permissions must allow as many replies. */
export const maxBatchedRequests = 64;
/** Characters per message. The server rejects messages above 1 MiB by default. */
const maxBatchedChars = 256 * 1024;

/** A request or a reply. */
interface Piece {
  json: string;
  /** Of a traced request. It is a header of the message, which therefore holds this request only. */
  traceparent?: string | undefined;
}

/** Splits pieces of JSON into batches within both limits; a larger or traced piece gets a batch of its own. */
export function* toBatches<T extends Piece>(pieces: readonly T[]): Generator<T[]> {
  let batch: T[] = [];
  let chars = 0;
  for (const piece of pieces) {
    if (
      batch.length === maxBatchedRequests ||
      (batch.length > 0 && (chars + piece.json.length > maxBatchedChars || isApart(batch[0]!, piece)))
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

function isApart(one: Piece, other: Piece): boolean {
  return one.traceparent !== undefined || other.traceparent !== undefined;
}

export const joinJson = (pieces: readonly { json: string }[]): string =>
  `[${pieces.map(({ json }) => json).join(',')}]`;
