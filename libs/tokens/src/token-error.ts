import { AppError } from '@polyroom/contracts';

/**
 * What a token that is not genuine is answered with, whatever is wrong about it: one code and one sentence,
 * so that nobody learns from the answers how far a forgery came. `reason` is for the log only.
 */
export function notGenuine(reason: string): AppError {
  return new AppError('ROOM_AUTHENTICATION_FAILED', { cause: new Error(reason) });
}

/** Who has to be behind a token, and when. */
export interface TokenSubject {
  appId: number;
  userId: string;
  nowMs: number;
  /** How long a token may be valid, from its issue to its expiry. */
  maxLifetimeSeconds: number;
}
