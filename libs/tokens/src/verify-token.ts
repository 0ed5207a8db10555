import { type CredentialKind, type Grants } from '@polyroom/contracts';
import { verifyNativeToken } from './native-token.js';
import { type LiveSecret } from './secret.js';
import { looksLikeToken04, verifyToken04 } from './token04.js';
import { type TokenSubject } from './token-error.js';

/** The kind of a token by its form. */
export function kindOfToken(token: string): Exclude<CredentialKind, 'appSign'> {
  return looksLikeToken04(token) ? 'token04' : 'native';
}

/** Returns the grants of a token of either kind. `secrets`: the AppID's live ones, two during a rotation. */
export async function verifyToken(
  token: string,
  secrets: readonly LiveSecret[],
  subject: TokenSubject,
): Promise<Grants> {
  return kindOfToken(token) === 'token04'
    ? verifyToken04(token, secrets, subject)
    : verifyNativeToken(token, secrets, subject);
}
