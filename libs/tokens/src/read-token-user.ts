import { readUserOfNativeToken } from './native-token.js';
import { type LiveSecret } from './secret.js';
import { looksLikeToken04, readUserOfToken04 } from './token04.js';

/** Whose token it is: of either kind, genuine, perhaps expired. */
export async function readTokenUser(token: string, secrets: readonly LiveSecret[]): Promise<string> {
  return looksLikeToken04(token) ? readUserOfToken04(token, secrets) : readUserOfNativeToken(token, secrets);
}
