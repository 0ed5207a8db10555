import { randomBytes, randomUUID } from 'node:crypto';
import {
  AppError,
  appIdSchema,
  type Grants,
  parseOrThrow,
  roomIdSchema,
  roomPatternSchema,
  roomRightSchema,
  streamPatternSchema,
  userIdSchema,
} from '@polyroom/contracts';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { readLifetime, clockSkewSeconds } from './lifetime.js';
import { parseContent } from './parse-content.js';
import { type LiveSecret, openSecret, secretIdOf } from './secret.js';
import { notGenuine, type TokenSubject } from './token-error.js';

/** Fixed: the `alg` header of a token is never trusted. */
const algorithm = 'HS256';
/** Checked for an unknown `kid`, so that a refusal takes as long as for a wrong signature: it accepts none. */
const decoyKey = openSecret(randomBytes(16).toString('hex'));

const roomClaimSchema = z
  .strictObject({
    id: roomIdSchema.optional(),
    pattern: roomPatternSchema.optional(),
    rights: z.array(roomRightSchema),
    streams: z.array(streamPatternSchema).optional(),
  })
  .superRefine(({ id, pattern }, context) => {
    if (id === undefined && pattern === undefined) {
      context.addIssue({ code: 'custom', message: 'ROOM_ROOMID_NULL', path: ['id'] });
    }
    if (id !== undefined && pattern !== undefined) {
      context.addIssue({ code: 'custom', message: 'id and pattern exclude each other', path: ['pattern'] });
    }
  });
const claimsSchema = z.strictObject({
  app: appIdSchema,
  user: userIdSchema,
  rooms: z.array(roomClaimSchema).optional(),
  streams: z.array(streamPatternSchema).optional(),
  max_rooms: z.number().int().min(1).optional(),
  iat: z.number().optional(),
  nbf: z.number().optional(),
  exp: z.number().max(2 ** 40),
  jti: z.string().min(1).max(64),
});
/** Prefixes the path in an error with `token`. */
const wrapperSchema = z.object({ token: claimsSchema });
/** The claims of a native token. */
export type NativeTokenClaims = z.infer<typeof claimsSchema>;

/** The content of a native token that an application server issues. */
export interface NativeTokenOptions {
  appId: number;
  userId: string;
  /** The ServerSecret: 32 bytes. */
  secret: string;
  effectiveTimeSeconds: number;
  /** Default: any room, with all rights. */
  rooms?: Grants['rooms'];
  /** Default: any stream ID. */
  streams?: string[];
  /** Limit below the AppID's `maxRoomsPerUser`. */
  maxRooms?: number;
  /** The token is not valid before this time; default: valid from now on. */
  notBeforeMs?: number;
  nowMs?: number;
}

/** Issues a native token: a JWS that may grant several rooms, each with its own rights. */
export async function issueNativeToken(options: NativeTokenOptions): Promise<string> {
  const { secret, rooms, streams, maxRooms, nowMs = Date.now(), notBeforeMs = nowMs } = options;
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = claimsSchema.parse({
    app: options.appId,
    user: options.userId,
    ...(rooms === undefined
      ? {}
      : {
          rooms: rooms.map(({ roomId, roomPattern, ...rest }) => ({
            ...(roomId === undefined ? {} : { id: roomId }),
            ...(roomPattern === undefined ? {} : { pattern: roomPattern }),
            ...rest,
          })),
        }),
    ...(streams === undefined ? {} : { streams }),
    ...(maxRooms === undefined ? {} : { max_rooms: maxRooms }),
    iat: issuedAt,
    nbf: Math.floor(notBeforeMs / 1000),
    exp: issuedAt + options.effectiveTimeSeconds,
    jti: randomUUID(),
  } satisfies NativeTokenClaims);
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: secretIdOf(secret) })
    .sign(openSecret(secret));
}

/**
 * Returns the grants of a native token. Throws 1002033 if no live secret has signed it, and the code of the
 * field for a genuine token with an invalid field.
 */
export async function verifyNativeToken(
  token: string,
  secrets: readonly LiveSecret[],
  subject: TokenSubject,
): Promise<Grants> {
  const claims = parseClaims(await openToken(token, secrets));
  if (claims.app !== subject.appId) {
    throw new AppError('ROOM_TOKEN_APPID_ERROR');
  }
  if (claims.user !== subject.userId) {
    throw new AppError('ROOM_TOKEN_USERID_ERROR');
  }
  const lifetime = { issuedAtSeconds: claims.iat, expiresAtSeconds: claims.exp };
  const times = readLifetime(lifetime, subject, 'token.exp');
  if (claims.nbf !== undefined && claims.nbf > subject.nowMs / 1000 + clockSkewSeconds) {
    throw new AppError('ROOM_TOKEN_EXPIRE_ERROR', { message: 'The token is not valid yet.' });
  }
  return {
    ...(claims.rooms === undefined
      ? {}
      : {
          rooms: claims.rooms.map(({ id, pattern, ...rest }) => ({
            ...(id === undefined ? {} : { roomId: id }),
            ...(pattern === undefined ? {} : { roomPattern: pattern }),
            ...rest,
          })),
        }),
    ...(claims.streams === undefined ? {} : { streams: claims.streams }),
    ...(claims.max_rooms === undefined ? {} : { maxRooms: claims.max_rooms }),
    ...times,
    tokenId: claims.jti,
    ...(claims.iat === undefined ? { undated: true } : {}),
  };
}

/** Reads the user of a genuine native token without validating the other claims. */
export async function readUserOfNativeToken(token: string, secrets: readonly LiveSecret[]): Promise<string> {
  return parseClaims(await openToken(token, secrets)).user;
}

/** Returns the payload of a token signed with a live secret. */
async function openToken(token: string, secrets: readonly LiveSecret[]): Promise<Uint8Array> {
  if (!isCanonical(token)) {
    throw notGenuine('not of the form of a native token');
  }
  const kid = findKid(token);
  const secret = secrets.find((candidate) => candidate.secretId === kid);
  const key = secret === undefined ? decoyKey : openSecret(secret.value);
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, key, { algorithms: [algorithm] }));
  } catch (cause) {
    throw notGenuine(
      secret === undefined
        ? 'no live secret of this kid'
        : `signature: ${cause instanceof Error ? cause.name : 'unknown'}`,
    );
  }
  if (secret === undefined) {
    throw notGenuine('no live secret of this kid');
  }
  return payload;
}

/**
 * Whether the token is the one text of its three parts. Decoders also accept padding, white space, the other alphabet
 * and unused bits, with which one token would have many texts.
 */
function isCanonical(token: string): boolean {
  const parts = token.split('.');
  return (
    parts.length === 3 &&
    parts.every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}

function findKid(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

function parseClaims(payload: Uint8Array): NativeTokenClaims {
  const json = parseContent(Buffer.from(payload).toString('utf8'), 'ROOM_TOKEN_INNER_ERROR');
  return parseOrThrow(wrapperSchema, { token: json }, 'ROOM_TOKEN_FORMAT_ERROR').token;
}
