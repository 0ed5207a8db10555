import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'pr_live_';
const pattern = /^(pr_live_[0-9a-f]{16})_([0-9a-f]{64})$/;

/** An API key as its owner sees it: `pr_live_<id>_<secret>`. The prefix lets scanners find leaked keys. */
export interface NewKey {
  keyId: string;
  key: string;
  secretHash: string;
}

export function createKey(): NewKey {
  const keyId = `${prefix}${randomBytes(8).toString('hex')}`;
  const secret = randomBytes(32).toString('hex');
  return { keyId, key: `${keyId}_${secret}`, secretHash: hashOf(secret) };
}

export function looksLikeApiKey(credential: string): boolean {
  return credential.startsWith(prefix);
}

/** Undefined if the form is wrong. */
export function parseKey(credential: string): { keyId: string; secret: string } | undefined {
  const [, keyId, secret] = pattern.exec(credential) ?? [];
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

export function matchesSecret(secret: string, secretHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), Buffer.from(secretHash, 'hex'));
}

/**
 * A plain hash: the secret has 256 random bits, which cannot be guessed from a fast hash either. A slow one is for
 * passwords, and would cost every request.
 */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
