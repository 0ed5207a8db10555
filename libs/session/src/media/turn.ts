import { createHmac } from 'node:crypto';
import { type IceServer, type SessionRef } from '@polyroom/contracts';

export interface TurnConfig {
  /** `stun:`, `turn:` and `turns:` addresses. */
  urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  secret: string | undefined;
  ttlSeconds: number;
}

/**
 * ICE servers for a session's browser: credentials by the TURN REST scheme (coturn's `use-auth-secret`). The
 * user name contains expiry and user, and the HMAC under the shared secret authenticates it, so that the TURN
 * server needs no lookup.
 */
export function iceServersFor(
  { appId, userId }: SessionRef,
  { secret, ttlSeconds, urls }: TurnConfig,
  nowMs: number,
): IceServer[] | undefined {
  if (urls.length === 0) {
    return undefined;
  }
  const isRelay = (url: string): boolean => !url.startsWith('stun');
  const servers: IceServer[] = [];
  const stunUrls = urls.filter((url) => !isRelay(url));
  if (stunUrls.length > 0) {
    servers.push({ urls: stunUrls });
  }
  const turnUrls = urls.filter(isRelay);
  if (turnUrls.length > 0 && secret !== undefined) {
    const username = `${Math.floor(nowMs / 1000) + ttlSeconds}:${appId}-${userId}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    servers.push({ urls: turnUrls, username, credential });
  }
  return servers;
}
