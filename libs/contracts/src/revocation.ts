import { z } from 'zod';
import { type Grants } from './grants.js';
import { userIdSchema } from './ids.js';
import { printableText } from './printable-text.js';

export const tokenIdSchema = z
  .string('COMMON_ILLEGAL_PARAM')
  .min(1, 'COMMON_ILLEGAL_PARAM')
  .max(64, 'COMMON_ILLEGAL_PARAM')
  .regex(printableText, 'COMMON_ILLEGAL_PARAM');

/**
 * Tokens of an AppID that are no longer accepted: one by its ID, or all that were issued before a time; of one user
 * or of all users.
 */
export const revocationSchema = z.strictObject({
  userId: userIdSchema.optional(),
  tokenId: tokenIdSchema.optional(),
  /** Unix time in ms. */
  issuedBeforeMs: z.number().int().optional(),
});
export type Revocation = z.infer<typeof revocationSchema>;

/** What identifies a token for a revocation. */
export type TokenIdentity = Pick<Grants, 'issuedAtMs' | 'tokenId' | 'undated'>;

/** Whether the grants are those of a token; an AppSign cannot be revoked. */
export function isToken(grants: TokenIdentity): boolean {
  return grants.issuedAtMs !== undefined;
}

/** Whether a token of a user is revoked. One without an issue time counts as issued before any time. */
export function isRevokedBy(revocation: Revocation, userId: string, token: TokenIdentity): boolean {
  if (!isToken(token) || (revocation.userId !== undefined && revocation.userId !== userId)) {
    return false;
  }
  if (revocation.tokenId !== undefined) {
    return revocation.tokenId === token.tokenId;
  }
  const { issuedBeforeMs = -Infinity } = revocation;
  return token.undated === true || token.issuedAtMs! < issuedBeforeMs;
}
