import { clientErrors } from './client-errors.js';

const maxProblemChars = 200;

/** Message for an invalid argument, for codes that do not name the argument themselves. */
export function describeArgument(
  path: string,
  problem: string = clientErrors.COMMON_ILLEGAL_PARAM.summary,
): string {
  const text = problem.length > maxProblemChars ? `${problem.slice(0, maxProblemChars)}…` : problem;
  return `${path === '' ? '' : `${path}: `}${text.replace(/\.$/, '')}.`;
}
