import { CompactSign } from 'jose';

export interface TokenDraft {
  appId: number;
  userId: string;
  /** The ServerSecret: 32 printable characters. */
  secret: string;
  validSeconds: number;
  /** None: any room, with all rights. */
  roomIds: string[];
  rights: string[];
  maxRooms?: number;
}

/** What a right of a native token allows; see docs/server-sdk.md. */
export const tokenRights = ['login', 'publish', 'subscribe', 'message', 'share'] as const;

const kidChars = 16;
const jtiBytes = 16;
const msPerSecond = 1000;

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The `kid` of a secret, as libs/tokens derives it. */
async function secretIdOf(secret: string): Promise<string> {
  const bytes = new TextEncoder().encode(`polyroom secret id\n${secret}`);
  // The page checks for a secure context.
  // eslint-disable-next-line no-restricted-properties
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return toHex(new Uint8Array(digest)).slice(0, kidChars);
}

/** Signs a native token in this page: the secret is sent nowhere. */
export async function signToken(draft: TokenDraft): Promise<string> {
  const { appId, userId, secret, validSeconds, roomIds, rights, maxRooms } = draft;
  const issuedAt = Math.floor(Date.now() / msPerSecond);
  const claims = {
    app: appId,
    user: userId,
    ...(roomIds.length === 0 ? {} : { rooms: roomIds.map((id) => ({ id, rights })) }),
    ...(maxRooms === undefined ? {} : { max_rooms: maxRooms }),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + validSeconds,
    jti: toHex(crypto.getRandomValues(new Uint8Array(jtiBytes))),
  };
  const encoder = new TextEncoder();
  return new CompactSign(encoder.encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: await secretIdOf(secret) })
    .sign(encoder.encode(secret));
}
