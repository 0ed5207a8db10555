import { AppError } from '@polyroom/contracts';
import { type TokenSubject } from './token-error.js';

/** How far the clock of an app server may be ahead of ours. */
export const clockSkewSeconds = 10;

/** From when until when a token is valid, in Unix seconds. */
export interface Lifetime {
  /** Left out by tokens that do not say it. */
  issuedAtSeconds: number | undefined;
  expiresAtSeconds: number;
}

/**
 * Throws 1002078 for a token that has expired, and for one that is valid for longer than any may be: a token
 * cannot be taken back, so a leaked one is worth something until it expires. `path` names the claim.
 */
export function assertLifetime(
  { issuedAtSeconds, expiresAtSeconds }: Lifetime,
  { nowMs, maxLifetimeSeconds }: TokenSubject,
  path: string,
): void {
  const nowSeconds = nowMs / 1000;
  if (expiresAtSeconds <= nowSeconds) {
    throw new AppError('ROOM_TOKEN_EXPIRE_ERROR');
  }
  // A begin in the future would make any lifetime a short one.
  const lifetimeSeconds = expiresAtSeconds - Math.min(issuedAtSeconds ?? nowSeconds, nowSeconds);
  if (lifetimeSeconds > maxLifetimeSeconds + clockSkewSeconds) {
    throw new AppError('ROOM_TOKEN_EXPIRE_ERROR', {
      message: `The token expires too late: it may be valid for ${maxLifetimeSeconds} seconds at most.`,
      details: { path, maxLifetimeSeconds },
    });
  }
}
