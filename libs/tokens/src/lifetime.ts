import { AppError } from '@polyroom/contracts';
import { type TokenSubject } from './token-error.js';

/** Tolerance for a clock of an application server that is ahead of ours. */
export const clockSkewSeconds = 10;

/** Validity of a token, in Unix seconds. */
export interface Lifetime {
  /** Undefined if the token does not state it. */
  issuedAtSeconds: number | undefined;
  expiresAtSeconds: number;
}

/**
 * Throws 1002078 for a token that has expired or whose lifetime exceeds the maximum: a token cannot be
 * revoked, so a leaked one stays usable until it expires. `path` names the claim.
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
  // An issue time in the future would make any lifetime look short.
  const lifetimeSeconds = expiresAtSeconds - Math.min(issuedAtSeconds ?? nowSeconds, nowSeconds);
  if (lifetimeSeconds > maxLifetimeSeconds + clockSkewSeconds) {
    throw new AppError('ROOM_TOKEN_EXPIRE_ERROR', {
      message: `The token expires too late: it may be valid for ${maxLifetimeSeconds} seconds at most.`,
      details: { path, maxLifetimeSeconds },
    });
  }
}
