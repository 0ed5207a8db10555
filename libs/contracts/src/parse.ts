import { type z } from 'zod';
import { AppError } from './errors/app-error.js';
import { type ErrorName, errorRegistry } from './errors/registry.js';

/**
 * Checks a value at an edge. The first issue decides the error: schemas that know their own code name it
 * in the issue's message; anything else is `fallback`. The details name the path, never the value.
 */
export function parseOrThrow<S extends z.ZodType>(
  schema: S,
  value: unknown,
  fallback: ErrorName = 'COMMON_ILLEGAL_PARAM',
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const issue = result.error.issues[0];
  const errorName =
    issue !== undefined && issue.message in errorRegistry ? (issue.message as ErrorName) : fallback;
  const path = issue?.path.join('.') ?? '';
  throw new AppError(errorName, {
    details: {
      path,
      ...(issue !== undefined && !(issue.message in errorRegistry) ? { problem: issue.message } : {}),
    },
  });
}
