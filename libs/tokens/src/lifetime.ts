import { AppError, type Grants, tokenLifetimeBounds } from '@polyroom/contracts';
import { type TokenSubject } from './token-error.js';

/** Tolerance for a clock of an application server that is ahead of ours. */
export const clockSkewSeconds = 10;

/**
 * The longest validity of a token, from its issue to its expiry, that an operator may set, and the default: 24 days,
 * as with ZEGO's token04.
 */
export const maxLifetimeBounds = { ...tokenLifetimeBounds, defaultSeconds: 24 * 86_400 };

/** Validity of a token, in Unix seconds. */
export interface Lifetime {
  /** Undefined if the token does not state it. */
  issuedAtSeconds: number | undefined;
  expiresAtSeconds: number;
}

/**
 * The issue and expiry times of a token. Throws 1002078 for a token that has expired or whose lifetime exceeds
 * the maximum: a leaked one stays usable until it expires, unless it is revoked. `path` names the claim.
 */
export function readLifetime(
  { issuedAtSeconds, expiresAtSeconds }: Lifetime,
  { nowMs, maxLifetimeSeconds }: TokenSubject,
  path: string,
): Pick<Grants, 'expiresAtMs' | 'issuedAtMs'> {
  const nowSeconds = nowMs / 1000;
  if (expiresAtSeconds <= nowSeconds) {
    throw new AppError('ROOM_TOKEN_EXPIRE_ERROR');
  }
  // An issue time in the future would make any lifetime look short, and this token newer than all later ones.
  const beginSeconds = Math.min(issuedAtSeconds ?? nowSeconds, nowSeconds);
  if (expiresAtSeconds - beginSeconds > maxLifetimeSeconds + clockSkewSeconds) {
    throw new AppError('ROOM_TOKEN_EXPIRE_ERROR', {
      message: `The token expires too late: it may be valid for ${maxLifetimeSeconds} seconds at most.`,
      details: { path, maxLifetimeSeconds },
    });
  }
  return {
    // Tokens count in whole seconds; of two issued in the same second, the one shown last is the newer one.
    issuedAtMs: Math.floor(beginSeconds) * 1000,
    expiresAtMs: Math.floor(expiresAtSeconds * 1000),
  };
}
