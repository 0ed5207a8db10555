import { type z } from 'zod';

/** A variable is missing or invalid. The message names it and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Variables by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of the process with other values of some variables. */
export function environmentWith(changes: Environment): Environment {
  return { ...process.env, ...changes };
}

/** Reads the environment into a typed object, once per process. An empty variable counts as unset. */
export function loadConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Environment = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const result = schema.safeParse(given);
  if (!result.success) {
    throw new ConfigError(`invalid configuration: ${result.error.issues.map(describeIssue).join('; ')}`);
  }
  return result.data as z.output<z.ZodObject<Shape>>;
}

/** Names the field. An unknown key may be a misplaced value, so it is not quoted. */
function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${issue.path.join('.')}: has an unknown field`;
    case 'invalid_key':
      return `${issue.path.slice(0, -1).join('.')}: has an invalid key`;
    default:
      return `${issue.path.join('.')}: ${issue.message}`;
  }
}
