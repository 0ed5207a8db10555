import { AppError, newId } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';

/**
 * Writes one line with all that is known, stack included, and returns what a caller may know: an inner error
 * whose correlation ID leads to that line.
 */
export function logInnerError(
  error: unknown,
  logger: Logger | undefined,
  context: Record<string, unknown> = {},
): AppError {
  const correlationId = newId('correlation');
  logger?.error({ ...context, correlationId, err: error }, 'request failed');
  if (error instanceof AppError) {
    // Its name and details were chosen for callers.
    return new AppError(error.errorName, {
      correlationId,
      ...(error.details === undefined ? {} : { details: error.details }),
    });
  }
  return new AppError('ROOM_INNER_ERROR', { correlationId });
}
