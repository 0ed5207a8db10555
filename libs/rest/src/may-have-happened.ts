import { AppError } from '@polyroom/contracts';

/** Whether an act may have taken place although it failed: its answer is lost, or it broke off. */
export function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof AppError) || (error.fault === 'server' && error.errorName !== 'BUS_UNAVAILABLE');
}
