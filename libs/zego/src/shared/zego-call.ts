import { ZegoError } from './zego-error.js';

export type ZegoCallCategory = 'room' | 'stream' | 'message' | 'token' | 'device' | 'other';

/** How a call of a ZEGO SDK behaves here. */
export interface ZegoCall {
  category: ZegoCallCategory;
  status: 'same' | 'different' | 'absent';
  /** What differs, or the replacement of an absent call. Errors quote it. */
  note?: string;
}

type Entry = Omit<ZegoCall, 'category'>;

export const same: Entry = { status: 'same' };
export const different = (note: string): Entry => ({ status: 'different', note });
export const absent = (note: string): Entry => ({ status: 'absent', note });

/** One table of the calls of all categories. */
export function toCalls(
  byCategory: Record<ZegoCallCategory, Record<string, Entry>>,
): Record<string, ZegoCall> {
  const calls = Object.entries(byCategory).flatMap(([category, entries]) =>
    Object.entries(entries).map(([name, entry]): [string, ZegoCall] => [
      name,
      { category: category as ZegoCallCategory, ...entry },
    ]),
  );
  return Object.fromEntries(calls);
}

/** The error of an absent call; it names the replacement. */
export function absentError(name: string, calls: Record<string, ZegoCall>): ZegoError {
  const message = `${name} is not available: ${calls[name]?.note}.`;
  return ZegoError.of('COMMON_SDK_NO_MODULE', { feature: name }, message);
}

/** Absent calls throw an error that names the replacement. */
export function defineAbsentCalls(target: object, calls: Record<string, ZegoCall>): void {
  for (const [name, { status }] of Object.entries(calls)) {
    if (status === 'absent') {
      const value = (): never => {
        throw absentError(name, calls);
      };
      Object.defineProperty(target, name, { value, configurable: true });
    }
  }
}
