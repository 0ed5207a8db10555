import { AppError } from '@polyroom/contracts';
import { readTokenUser, secretIdOf, verifyToken as verifyOwnToken } from '@polyroom/tokens';
import { assertObject, assertString } from './checks.js';
import { assertAppId, assertClock, assertSecret, readMaxLifetime, type RoomGrant } from './token-options.js';

export interface VerifyTokenOptions {
  appId: number;
  /** The ServerSecret of the AppID. */
  secret: string;
  /** As for making a token. */
  maxLifetimeSeconds?: number;
  /** Default: now. */
  nowMs?: number;
}

/** The content of a valid token. */
export interface VerifiedToken {
  userId: string;
  rooms: 'any' | RoomGrant[];
  streams: 'any' | string[];
  /** Undefined: as many as the AppID allows. */
  maxRooms: number | undefined;
  issuedAtMs: number;
  expiresAtMs: number;
}

/** A token is forged, expired, or of another AppID. `code` is that of the servers (docs/errors.md). */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const keys = ['appId', 'secret', 'maxLifetimeSeconds', 'nowMs'];

/**
 * Returns the content of a native token or token04, checked as the servers check it: use it to authenticate the users
 * of your own API with their tokens. Throws a TokenError.
 */
export async function verifyToken(token: string, options: VerifyTokenOptions): Promise<VerifiedToken> {
  assertString('token', token);
  assertObject('options', options, keys);
  assertAppId(options.appId);
  assertSecret(options.secret);
  assertClock(options.nowMs);
  const { appId, secret, nowMs = Date.now() } = options;
  const maxLifetimeSeconds = readMaxLifetime(options.maxLifetimeSeconds);
  const secrets = [{ value: secret, secretId: secretIdOf(secret) }];
  try {
    const userId = await readTokenUser(token, secrets);
    const grants = await verifyOwnToken(token, secrets, { appId, userId, nowMs, maxLifetimeSeconds });
    return {
      userId,
      rooms: grants.rooms ?? 'any',
      streams: grants.streams ?? 'any',
      maxRooms: grants.maxRooms,
      issuedAtMs: grants.issuedAtMs ?? nowMs,
      expiresAtMs: grants.expiresAtMs ?? nowMs,
    };
  } catch (error) {
    throw error instanceof AppError ? new TokenError(error.code, error.message) : error;
  }
}
