import { createHash, randomBytes } from 'node:crypto';

/** The secret with which a client takes its session up again: 256 random bits. */
export function newResumeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of it. */
export function hashResumeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
