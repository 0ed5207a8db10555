import { type Platform } from './platform.js';

const idBytes = 16;

/** An ID that no other client has, in hexadecimal digits. */
export function randomHex({ crypto }: Pick<Platform, 'crypto'>): string {
  const bytes = new Uint8Array(idBytes);
  if (crypto === undefined) {
    bytes.forEach((_, index) => (bytes[index] = Math.floor(Math.random() * 256)));
  } else {
    crypto.getRandomValues(bytes);
  }
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
