import { PolyroomError } from '@polyroom/sdk';

/** A call that failed. */
export interface Notice {
  id: number;
  /** What the user wanted. */
  what: string;
  /** Undefined for a failure of the page itself. */
  error: PolyroomError | undefined;
  message: string;
}

/** More would hide the page. */
export const maxNotices = 3;

export function addNotice(notices: readonly Notice[], what: string, failure: unknown): readonly Notice[] {
  const error = failure instanceof PolyroomError ? failure : undefined;
  const message = failure instanceof Error ? failure.message : String(failure);
  // The same failure again replaces the former one.
  const others = notices.filter((notice) => notice.what !== what || notice.message !== message);
  const id = Math.max(0, ...notices.map((notice) => notice.id)) + 1;
  return [...others, { id, what, error, message }].slice(-maxNotices);
}
