import { readUserOfNativeToken } from './native-token.js';
import { type LiveSecret } from './secret.js';
import { looksLikeToken04, readUserOfToken04 } from './token04.js';

/** Reads the user of a genuine token of either kind, even if it has expired. */
export async function readTokenUser(token: string, secrets: readonly LiveSecret[]): Promise<string> {
  return looksLikeToken04(token) ? readUserOfToken04(token, secrets) : readUserOfNativeToken(token, secrets);
}
