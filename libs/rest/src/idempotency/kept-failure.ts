import { AppError, type ErrorName, errorRegistry } from '@polyroom/contracts';
import { mayHaveHappened } from '../may-have-happened.js';

// No Base64, unlike a sealed answer. Nothing here is secret.
const failurePrefix = 'failure:';
/** The answer of an act that took place, which is larger than what is stored. */
export const tooLargeAnswer = 'too-large:';

/** Errors of the category `unavailable` that may come after the change. All others come before it. */
const afterChange: ReadonlySet<ErrorName> = new Set<ErrorName>(['STORE_UNAVAILABLE', 'DATABASE_UNAVAILABLE']);

/** What is stored if the act may have taken place although it failed; undefined if it did not. */
export function keepFailure(error: unknown): string | undefined {
  if (!mayHaveHappened(error)) {
    return undefined;
  }
  if (!AppError.is(error)) {
    return `${failurePrefix}ROOM_INNER_ERROR`;
  }
  return error.category === 'unavailable' && !afterChange.has(error.errorName)
    ? undefined
    : `${failurePrefix}${error.errorName}`;
}

/** The error that a repetition gets instead of an answer, if there is none. */
export function readFailure(stored: string): AppError | undefined {
  if (stored === tooLargeAnswer) {
    return new AppError('REST_IDEMPOTENCY_KEY_REUSED', {
      message: 'The request was carried out, and its answer is too large to be stored: use a new key.',
    });
  }
  if (!stored.startsWith(failurePrefix)) {
    return undefined;
  }
  const name = stored.slice(failurePrefix.length);
  return new AppError(Object.hasOwn(errorRegistry, name) ? (name as ErrorName) : 'ROOM_INNER_ERROR');
}
