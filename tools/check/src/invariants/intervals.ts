export interface Interval {
  fromMs: number;
  toMs: number;
}

/** The union of intervals. */
export class Intervals {
  private readonly merged: Interval[] = [];

  constructor(intervals: readonly Interval[]) {
    for (const { fromMs, toMs } of [...intervals].sort((left, right) => left.fromMs - right.fromMs)) {
      const last = this.merged[this.merged.length - 1];
      if (last !== undefined && fromMs <= last.toMs) {
        last.toMs = Math.max(last.toMs, toMs);
      } else {
        this.merged.push({ fromMs, toMs });
      }
    }
  }

  /** Whether any of them overlaps the time between two moments. */
  touches(fromMs: number, toMs: number): boolean {
    let low = 0;
    let high = this.merged.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.merged[middle]!.toMs < fromMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return (this.merged[low]?.fromMs ?? Infinity) <= toMs;
  }
}

/** The largest number of distinct names with spans at one moment, with one span of each. */
export function countedSpans<T extends Interval>(
  spans: readonly T[],
  nameOf: (span: T) => string,
): { count: number; atMs: number; spans: T[] } {
  const changes = spans
    .flatMap((span) => [
      { atMs: span.fromMs, span, open: true },
      { atMs: span.toMs, span, open: false },
    ])
    // An end sorts before a start at the same moment.
    .sort((left, right) => left.atMs - right.atMs || Number(left.open) - Number(right.open));
  const open = new Map<string, Set<T>>();
  let worst: { count: number; atMs: number; spans: T[] } = { count: 0, atMs: 0, spans: [] };
  for (const { atMs, span, open: opens } of changes) {
    const name = nameOf(span);
    const same = open.get(name) ?? new Set<T>();
    if (opens) {
      open.set(name, same.add(span));
      if (open.size > worst.count) {
        worst = { count: open.size, atMs, spans: [...open.values()].map((set) => [...set][0]!) };
      }
    } else {
      same.delete(span);
      if (same.size === 0) {
        open.delete(name);
      }
    }
  }
  return worst;
}
