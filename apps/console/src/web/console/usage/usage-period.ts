const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const usagePeriods = ['day', 'week', 'month'] as const;
export type UsagePeriod = (typeof usagePeriods)[number];

export interface UsageRange {
  fromMs: number;
  toMs: number;
  /** The length of one step of the charts. */
  stepMs: number;
}

const daysOf = { week: 7, month: 30 } as const;

/**
 * The last 24 hours by hour, or the last days by day (UTC), today included. Whole steps, so that the address of the
 * resource stays the same for one.
 */
export function rangeOf(period: UsagePeriod, nowMs: number): UsageRange {
  const stepMs = period === 'day' ? hourMs : dayMs;
  const steps = period === 'day' ? 24 : daysOf[period];
  const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  return { fromMs: toMs - steps * stepMs, toMs, stepMs };
}

/** One entry for each step: the API omits steps without usage. */
export function fillSteps<Row extends { fromMs?: number | undefined }>(
  rows: readonly Row[],
  { fromMs, toMs, stepMs }: UsageRange,
  empty: Row,
): Row[] {
  const byStart = new Map(rows.map((row) => [row.fromMs, row]));
  return Array.from({ length: (toMs - fromMs) / stepMs }, (_, step) => {
    const startMs = fromMs + step * stepMs;
    return { ...(byStart.get(startMs) ?? empty), fromMs: startMs };
  });
}
