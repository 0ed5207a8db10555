import { createHash, timingSafeEqual } from 'node:crypto';

/** What is stored of an AppSign. It is 256 random bits, so a plain hash needs neither salt nor stretching. */
export function hashAppSign(appSign: string): string {
  return createHash('sha256').update(appSign, 'utf8').digest('hex');
}

/** Compares in constant time: both sides are hashes of one length, whatever the client sent. */
export function matchesAppSign(appSign: string, appSignHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashAppSign(appSign), 'hex'), Buffer.from(appSignHash, 'hex'));
}
