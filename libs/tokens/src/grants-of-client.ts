import { AppError, type CredentialKind, type Grants, hasRight } from '@polyroom/contracts';
import { assertAccepted } from './accepted-kinds.js';
import { type LiveSecret } from './secret.js';
import { kindOfToken, verifyToken } from './verify-token.js';

/** What an AppID accepts from its clients. */
export interface TokenRules {
  credentialKinds: readonly CredentialKind[];
  /** The live ones, two during a rotation. */
  secrets: readonly LiveSecret[];
  /** Null or undefined: that of the cluster. */
  maxTokenSeconds?: number | null | undefined;
}

/** A client that shows a token to enter a room. */
export interface TokenLogin {
  appId: number;
  userId: string;
  roomId: string;
  token: string;
}

/**
 * Returns what the token grants, for every login and renewal. Throws 1002079 for a kind that the AppID does not accept,
 * the codes of `verifyToken`, and 1002033 if the token does not grant the login.
 */
export async function grantsOfClient(
  { appId, userId, roomId, token }: TokenLogin,
  { credentialKinds, secrets, maxTokenSeconds }: TokenRules,
  clusterLifetimeSeconds: number,
  nowMs = Date.now(),
): Promise<Grants> {
  assertAccepted(kindOfToken(token), credentialKinds);
  const maxLifetimeSeconds = Math.min(clusterLifetimeSeconds, maxTokenSeconds ?? clusterLifetimeSeconds);
  const grants = await verifyToken(token, secrets, { appId, userId, nowMs, maxLifetimeSeconds });
  if (!hasRight(grants, roomId, 'login')) {
    throw new AppError('ROOM_AUTHENTICATION_FAILED', {
      cause: new Error('the token does not grant login in this room'),
    });
  }
  return grants;
}
