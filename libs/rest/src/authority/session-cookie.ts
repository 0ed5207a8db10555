import { operatorSessionRpc } from '@polyroom/contracts';

const maxChars = 512;

/** The credential in the cookie of an operator's session, as the browser sends it. */
export function readSessionCookie(cookies: string | undefined): string | undefined {
  const prefix = `${operatorSessionRpc.sessionCookieName}=`;
  const found = cookies
    ?.split(';')
    .map((cookie) => cookie.trim())
    .find((cookie) => cookie.startsWith(prefix));
  const value = found?.slice(prefix.length);
  return value === undefined || value === '' || value.length > maxChars ? undefined : value;
}
