import { texts } from '../texts.js';
import { formatTime } from '../ui/time.js';

/** A value of an entitlement, as the audit has it: alone, or with its terms. */
export function describeStored(stored: unknown): string {
  if (typeof stored === 'object' && stored !== null) {
    const { value, fromMs, untilMs, note } = stored as {
      value?: unknown;
      fromMs?: number;
      untilMs?: number;
      note?: string;
    };
    const terms = [
      fromMs === undefined ? undefined : texts.limits.fromTime(formatTime(fromMs)),
      untilMs === undefined ? undefined : texts.limits.untilTime(formatTime(untilMs)),
      note,
    ].filter((term) => term !== undefined);
    return [describeValue(value), ...terms].join(', ');
  }
  return describeValue(stored);
}

export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return value ? texts.states.on : texts.states.off;
    case 'number':
      return value.toLocaleString();
    case 'string':
      return value;
    default:
      return texts.states.default;
  }
}
