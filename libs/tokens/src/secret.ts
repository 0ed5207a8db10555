import { createHash, createSecretKey, type KeyObject } from 'node:crypto';

const secretBytes = 32;

/** A ServerSecret with its ID (the `kid` of native tokens). */
export interface LiveSecret {
  secretId: string;
  value: string;
}

/**
 * Returns the key of a ServerSecret. Throws unless it has 32 bytes: HMAC accepts an empty key, and then any
 * client could sign tokens.
 */
export function openSecret(value: string): KeyObject {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length !== secretBytes) {
    throw new Error(`a ServerSecret must have ${secretBytes} bytes`);
  }
  return createSecretKey(bytes);
}

/**
 * Derives the ID of a ServerSecret, so an application server that has the secret can compute its `kid`. The
 * ID reveals no more of the secret than any token signed with it.
 */
export function secretIdOf(value: string): string {
  openSecret(value);
  return createHash('sha256').update('polyroom secret id\n').update(value, 'utf8').digest('hex').slice(0, 16);
}
