import { z } from 'zod';
import { type AppError, wireErrorSchema } from './app-error.js';
import { errorRegistry } from './registry.js';

export const problemContentType = 'application/problem+json';

/** The body of an error reply over HTTP (RFC 9457). `error` is the same error as on a socket. */
export const problemSchema = wireErrorSchema
  .extend({
    /** Identifies the kind of error; the page of error codes explains it. */
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    /** The request, by the ID in X-Request-Id, which the log and the audit name. */
    instance: z.string(),
    error: wireErrorSchema,
  })
  .omit({ message: true });
export type Problem = z.infer<typeof problemSchema>;

export function toProblem(error: AppError, status: number, requestId: string): Problem {
  const wire = error.toWire();
  const { message, ...fields } = wire;
  return {
    type: `urn:polyroom:error:${error.code}`,
    title: errorRegistry[error.errorName].summary,
    status,
    detail: message,
    instance: `urn:polyroom:request:${requestId}`,
    ...fields,
    error: wire,
  };
}
