import { AppError } from '@polyroom/contracts';

/**
 * The error for every token that is not genuine: one code and one message for all causes, so that a reply
 * does not reveal how far a forgery passed. `reason` is for the log only.
 */
export function notGenuine(reason: string): AppError {
  return new AppError('ROOM_AUTHENTICATION_FAILED', { cause: new Error(reason) });
}

/** The app, user and time that a token must match. */
export interface TokenSubject {
  appId: number;
  userId: string;
  nowMs: number;
  /** Maximum lifetime of a token, from its issue to its expiry. */
  maxLifetimeSeconds: number;
}
