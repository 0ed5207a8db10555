import { AppError, newId } from '@polyroom/contracts';
import { type Logger } from './logger.js';

/**
 * Logs the error with its stack, and returns an inner error for the caller with nothing but the correlation
 * ID of that log line.
 */
export function logInnerError(
  error: unknown,
  logger: Logger | undefined,
  context: Record<string, unknown> = {},
): AppError {
  const correlationId = newId('correlation');
  logger?.error({ ...context, correlationId, err: error }, 'request failed');
  if (error instanceof AppError) {
    // The name and details of an AppError are meant for callers.
    return new AppError(error.errorName, {
      correlationId,
      ...(error.details === undefined ? {} : { details: error.details }),
    });
  }
  return new AppError('ROOM_INNER_ERROR', { correlationId });
}
