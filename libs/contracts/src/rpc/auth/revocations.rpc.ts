import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { grantsSchema, tokenMaxChars } from '../../grants.js';
import { appIdSchema, userIdSchema } from '../../ids.js';
import { revocationSchema, tokenIdSchema } from '../../revocation.js';
import { originFields } from '../audit.rpc.js';
import { tokenErrors } from './fields.js';

/** Tokens in one `findRevoked`. */
export const maxTokensToCheck = 200;

/** Which of these tokens are revoked; without tokens, only the version of the AppID's revocations. */
export const findRevoked = defineRpc('auth', 'findRevoked', {
  request: z.strictObject({
    appId: appIdSchema,
    tokens: z
      .array(
        grantsSchema
          .pick({ issuedAtMs: true, tokenId: true, undated: true })
          .extend({ userId: userIdSchema }),
      )
      .max(maxTokensToCheck),
  }),
  reply: z.strictObject({
    /** Grows with every revocation. */
    version: z.number().int(),
    /** Positions in the request. */
    revoked: z.array(z.number().int()),
  }),
  errors: ['ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

const revokeFields = {
  userId: userIdSchema.optional(),
  tokenId: tokenIdSchema.optional(),
  /** Instead of `tokenId`: the token itself. */
  token: z.string().min(1).max(tokenMaxChars).optional(),
  /** Unix time in seconds, as in the token; omitted for a user: now. */
  issuedBefore: z.number().int().min(1).max(0xffffffff).optional(),
};

/** A revocation names one token, by itself or by its ID, or a user, or a time, or a user and a time. */
function namesTokens({
  userId,
  tokenId,
  token,
  issuedBefore,
}: { [K in keyof typeof revokeFields]?: unknown }) {
  const named = [token, tokenId, issuedBefore].filter((field) => field !== undefined).length;
  return token === undefined
    ? named === 1 || (named === 0 && userId !== undefined)
    : named === 1 && userId === undefined;
}

/** A revocation without its AppID. */
export const revokeSchema = z.strictObject(revokeFields).refine(namesTokens, 'COMMON_ILLEGAL_PARAM');

/**
 * Revokes tokens: login, resume and renewal refuse them (1190403), and live sessions lose the rooms whose newest
 * token is revoked. Writes the audit in the same transaction and announces the revocation.
 */
export const revokeTokens = defineRpc('auth', 'revokeTokens', {
  authority: 'tokens:revoke',
  request: z
    .strictObject({ ...originFields, appId: appIdSchema, ...revokeFields })
    .refine(namesTokens, 'COMMON_ILLEGAL_PARAM'),
  reply: z.strictObject({
    revocation: revocationSchema,
    /** When the last of these tokens expires, and the revocation with it. Unix time in ms. */
    expiresAtMs: z.number().int(),
  }),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_REVOCATION_LIMIT', ...tokenErrors],
});
