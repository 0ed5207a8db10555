import { type Platform } from '../platform/platform.js';

const idBytes = 16;

/** Names a message of this sender, so that a repeated one is stored once. */
export function newMessageId({ crypto }: Pick<Platform, 'crypto'>): string {
  const bytes = new Uint8Array(idBytes);
  if (crypto === undefined) {
    bytes.forEach((_, index) => (bytes[index] = Math.floor(Math.random() * 256)));
  } else {
    crypto.getRandomValues(bytes);
  }
  return `ms_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
