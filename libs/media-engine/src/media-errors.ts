import { AppError } from '@polyroom/contracts';
import { errors } from 'mediasoup';
import { callWorker } from './call-worker.js';

/** MEDIA_PARAMETERS_INVALID with the violated rule. */
export function parametersInvalid(problem: string, cause?: unknown): AppError {
  return new AppError('MEDIA_PARAMETERS_INVALID', { details: { problem }, cause });
}

/**
 * Makes one mediasoup call with client-supplied parameters. A refusal (TypeError, UnsupportedError, or an
 * error reply of a live worker) is the client's fault; if the worker or the object has closed, the session
 * was not found.
 */
export async function withClientInput<T>(method: string, call: () => Promise<T>): Promise<T> {
  try {
    return await callWorker(method, call);
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

/** Whether mediasoup reports that the worker or the called object no longer exists. */
export function isGone(error: unknown): boolean {
  return error instanceof errors.WorkerClosedError || error instanceof errors.NotFoundError;
}
