import { AppError } from '@polyroom/contracts';

/** INTEROP_SDP_REFUSED (422) with the problem in its details. */
export function sdpRefused(problem: string, cause?: unknown): AppError {
  return new AppError('INTEROP_SDP_REFUSED', { details: { problem }, cause });
}
