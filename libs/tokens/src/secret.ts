import { createHash, createSecretKey, type KeyObject } from 'node:crypto';

const secretBytes = 32;

/** A ServerSecret with its ID (the `kid` of native tokens). */
export interface LiveSecret {
  secretId: string;
  value: string;
}

/**
 * The key behind a ServerSecret. An empty or short one throws, whoever calls: HMAC would accept an empty key
 * and then everyone could sign.
 */
export function openSecret(value: string): KeyObject {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length !== secretBytes) {
    throw new Error(`a ServerSecret has ${secretBytes} bytes`);
  }
  return createSecretKey(bytes);
}

/**
 * The ID of a ServerSecret. It is derived, so an app server that knows the secret also knows its `kid`;
 * nothing more of the secret can be learnt from it than from any token signed with it.
 */
export function secretIdOf(value: string): string {
  openSecret(value);
  return createHash('sha256').update('polyroom secret id\n').update(value, 'utf8').digest('hex').slice(0, 16);
}
