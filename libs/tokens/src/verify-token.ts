import { type Grants } from '@polyroom/contracts';
import { verifyNativeToken } from './native-token.js';
import { type LiveSecret } from './secret.js';
import { looksLikeToken04, verifyToken04 } from './token04.js';
import { type TokenSubject } from './token-error.js';

/** Returns the grants of a token of either kind. `secrets`: the AppID's live ones, two during a rotation. */
export async function verifyToken(
  token: string,
  secrets: readonly LiveSecret[],
  subject: TokenSubject,
): Promise<Grants> {
  return looksLikeToken04(token)
    ? verifyToken04(token, secrets, subject)
    : verifyNativeToken(token, secrets, subject);
}
