import { type EntitlementView } from '../api/views.js';

/** When a value is in force, and why it was set. */
export interface Terms {
  fromMs?: number | undefined;
  untilMs?: number | undefined;
  note?: string | undefined;
}

/** Undefined also if the stored value has expired: auth still shows it then. */
export function withoutExpired(stored: EntitlementView['stored'], nowMs: number): EntitlementView['stored'] {
  return stored?.untilMs !== undefined && stored.untilMs <= nowMs ? undefined : stored;
}

/**
 * The terms of a value that replaces a stored one at once: those of the stored one, unless it has expired. A start
 * in the future is dropped.
 */
export function termsFromNow(stored: EntitlementView['stored'], nowMs: number): Terms {
  const { fromMs, untilMs, note } = withoutExpired(stored, nowMs) ?? {};
  return {
    ...(fromMs === undefined || fromMs > nowMs ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(note === undefined ? {} : { note }),
  };
}

/** As the value of a field of type datetime-local: in local time, to the minute. */
export function toFieldTime(ms: number | undefined): string {
  if (ms === undefined) {
    return '';
  }
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}

/** The time of a field that started with a stored time. An unchanged field keeps the seconds of that time. */
export function readFieldTime(text: string | undefined, storedMs: number | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  return text === toFieldTime(storedMs) ? storedMs : Date.parse(text);
}
