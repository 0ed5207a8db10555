import { AppError } from '@polyroom/contracts';
import { errors } from 'mediasoup';

/** MEDIA_PARAMETERS_INVALID with the rule that was broken. */
export function parametersInvalid(problem: string, cause?: unknown): AppError {
  return new AppError('MEDIA_PARAMETERS_INVALID', { details: { problem }, cause });
}

/**
 * Makes one call with parameters that a client chose. What mediasoup refuses (a TypeError, an
 * UnsupportedError, or the answer of a living worker) is the client's fault; where the worker or the
 * object is gone, the session is.
 */
export async function withClientInput<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    if (isGone(error)) {
      throw new AppError('MEDIA_SESSION_NOT_FOUND', { cause: error });
    }
    throw parametersInvalid(error instanceof Error ? error.message : String(error), error);
  }
}

/** True when mediasoup says that the worker, or the object that was called, no longer exists. */
export function isGone(error: unknown): boolean {
  return error instanceof errors.WorkerClosedError || error instanceof errors.NotFoundError;
}
