import { type z } from 'zod';

/** A variable is missing or wrong. The message names it and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment once, at the edge of a process, into a typed object. A variable that is set to
 * nothing counts as not set.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Record<string, string | undefined> = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const result = schema.safeParse(given);
  if (!result.success) {
    throw new ConfigError(`the configuration is wrong: ${result.error.issues.map(describeIssue).join('; ')}`);
  }
  return result.data as z.output<z.ZodObject<Shape>>;
}

/** Names the field. A key that does not belong there may be a misplaced value, so it is not named. */
function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${issue.path.join('.')}: has a field that is not known`;
    case 'invalid_key':
      return `${issue.path.slice(0, -1).join('.')}: has a wrong key`;
    default:
      return `${issue.path.join('.')}: ${issue.message}`;
  }
}
