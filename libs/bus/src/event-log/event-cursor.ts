/** Position of an event: the sequence of its entry in the jsStream, and its place in the entry. */
export interface Cursor {
  streamSeq: number;
  index: number;
}

export function parseCursor(cursor: string): Cursor {
  const [streamSeq, index] = cursor.split('-').map(Number) as [number, number];
  return { streamSeq, index };
}

export function formatCursor({ streamSeq, index }: Cursor): string {
  return `${streamSeq}-${index}`;
}

/** Negative if `a` comes before `b`. */
export function compareCursors(a: Cursor, b: Cursor): number {
  return a.streamSeq - b.streamSeq || a.index - b.index;
}

/** Whether the event at `a` comes after the position `b`. */
export function isAfter(a: string, b: string): boolean {
  return compareCursors(parseCursor(a), parseCursor(b)) > 0;
}
