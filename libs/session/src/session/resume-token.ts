import { createHash, randomBytes } from 'node:crypto';

/** The secret with which a client resumes its session: 256 random bits. */
export function newResumeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The form in which the secret is stored. */
export function hashResumeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
