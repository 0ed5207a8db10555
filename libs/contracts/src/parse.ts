import { z } from 'zod';
import { AppError } from './errors/app-error.js';
import { describeArgument } from './errors/describe-argument.js';
import { type ErrorName, errorRegistry } from './errors/registry.js';

/**
 * Validates a value at a boundary. The first issue determines the error: schemas with their own code put its
 * name into the issue's message; anything else is `fallback`. The details name the path, never the value.
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
  const problem = issue !== undefined && !(issue.message in errorRegistry) ? issue.message : undefined;
  throw new AppError(errorName, {
    ...(errorName === 'COMMON_ILLEGAL_PARAM' ? { message: describeArgument(path, problem) } : {}),
    details: { path, ...(problem === undefined ? {} : { problem }) },
  });
}

/** The same for a single named value outside an object: a path or query parameter. */
export function parseArgument<S extends z.ZodType>(name: string, schema: S, value: unknown): z.output<S> {
  const parsed = parseOrThrow(z.object({ [name]: schema }), { [name]: value });
  return parsed[name] as z.output<S>;
}
