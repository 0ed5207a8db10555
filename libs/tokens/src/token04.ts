import { createHash, randomBytes, randomInt } from 'node:crypto';
import { AppError, type Grants, parseOrThrow, userIdSchema } from '@polyroom/contracts';
import { z } from 'zod';
import { readLifetime } from './lifetime.js';
import { parseContent } from './parse-content.js';
import { parsePrivilegePayload } from './privilege-payload.js';
import { type LiveSecret, openSecret } from './secret.js';
import { decodeToken04Wire, encodeToken04Wire, seal, unseal } from './token04-wire.js';
import { notGenuine, type TokenSubject } from './token-error.js';

/** Above any plausible expiry, and still an exact number in milliseconds. */
const maxUnixSeconds = 2 ** 40;

const contentSchema = z.object({
  app_id: z.number(),
  user_id: userIdSchema,
  nonce: z.unknown().optional(),
  ctime: z.number(),
  expire: z.number().int().max(maxUnixSeconds),
  payload: z.string().default(''),
});
/** Prefixes the path in an error with `token`. */
const wrapperSchema = z.object({ token: contentSchema });

/** The content of a token04 that an application server issues. */
export interface Token04Options {
  appId: number;
  userId: string;
  /** The ServerSecret: 32 bytes. */
  secret: string;
  effectiveTimeSeconds: number;
  /** A privilege payload; omit it for an identity token. */
  payload?: string;
  nowMs?: number;
}

/** Issues a ZEGO token04 (AES-256-GCM), compatible with ZEGO's own generators. */
export function generateToken04(options: Token04Options): string {
  const { appId, userId, secret, effectiveTimeSeconds, payload = '', nowMs = Date.now() } = options;
  if (!Number.isInteger(effectiveTimeSeconds) || effectiveTimeSeconds <= 0) {
    throw new Error('effectiveTimeSeconds must be a positive integer');
  }
  const key = openSecret(secret);
  const ctime = Math.floor(nowMs / 1000);
  const expire = ctime + effectiveTimeSeconds;
  const content = {
    app_id: appId,
    user_id: userId,
    nonce: randomInt(-(2 ** 31), 2 ** 31),
    ctime,
    expire,
    payload,
  };
  const nonce = randomBytes(12);
  return encodeToken04Wire({
    expireSeconds: BigInt(expire),
    nonce,
    sealed: seal(key, nonce, JSON.stringify(content)),
  });
}

/** ID of a token04, which carries none: the SHA-256 of its text in hex. A token04 has exactly one text. */
export function token04IdOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** True if the text has the prefix of a token04. */
export function looksLikeToken04(token: string): boolean {
  return token.startsWith('04');
}

/**
 * Returns the grants of a token04. Throws 1002033 if no secret decrypts it, or its clear parts differ from
 * the encrypted ones; throws the code of the field for a genuine token with an invalid field.
 */
export function verifyToken04(token: string, secrets: readonly LiveSecret[], subject: TokenSubject): Grants {
  const content = openToken04(token, secrets);
  if (content.app_id !== subject.appId) {
    throw new AppError('ROOM_TOKEN_APPID_ERROR');
  }
  if (content.user_id !== subject.userId) {
    throw new AppError('ROOM_TOKEN_USERID_ERROR');
  }
  if (!z.int32().safeParse(content.nonce).success) {
    throw new AppError('ROOM_TOKEN_NONCE_TYPE_ERROR');
  }
  const { ctime, expire } = content;
  const times = readLifetime({ issuedAtSeconds: ctime, expiresAtSeconds: expire }, subject, 'token.expire');
  return { ...parsePrivilegePayload(content.payload), ...times, tokenId: token04IdOf(token) };
}

/** Reads the user of a genuine token04 without validating the other fields. */
export function readUserOfToken04(token: string, secrets: readonly LiveSecret[]): string {
  return openToken04(token, secrets).user_id;
}

function openToken04(token: string, secrets: readonly LiveSecret[]): z.output<typeof contentSchema> {
  const wire = decodeToken04Wire(token);
  if (wire === undefined) {
    throw notGenuine('not of the form of a token04 in mode 1');
  }
  const clear = secrets
    .map((secret) => unseal(openSecret(secret.value), wire.nonce, wire.sealed))
    .find((text) => text !== undefined);
  if (clear === undefined) {
    throw notGenuine('no live secret opens the token04');
  }
  const content = readContent(clear);
  if (BigInt(content.expire) !== wire.expireSeconds) {
    throw notGenuine('the clear expiry of the token04 is not the sealed one');
  }
  return content;
}

function readContent(clear: string): z.output<typeof contentSchema> {
  const json = parseContent(clear, 'ROOM_TOKEN_INNER_ERROR');
  return parseOrThrow(wrapperSchema, { token: json }, 'ROOM_TOKEN_FORMAT_ERROR').token;
}
