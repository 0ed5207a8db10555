import { randomBytes } from 'node:crypto';

export function newAppSign(): string {
  return randomBytes(32).toString('hex');
}

/** 32 characters, because in ZEGO's format the secret is the AES-256 key itself. */
export function newServerSecret(): string {
  return randomBytes(16).toString('hex');
}
