import { createHash, timingSafeEqual } from 'node:crypto';
import { type AppCredentials } from '@polyroom/persistence';

/**
 * The stored form of an AppSign. It has 256 random bits, so a plain hash needs neither salt nor stretching.
 */
export function hashAppSign(appSign: string): string {
  return createHash('sha256').update(appSign, 'utf8').digest('hex');
}

/** Compares in constant time: both sides are hashes of the same length, regardless of the client's input. */
function matchesAppSign(appSign: string, appSignHash: string): boolean {
  return timingSafeEqual(Buffer.from(hashAppSign(appSign), 'hex'), Buffer.from(appSignHash, 'hex'));
}

/** Whether it is the AppSign of the AppID, or the replaced one while that is valid. */
export function isAppSignOf(
  { appSignHash, previousAppSign }: Pick<AppCredentials, 'appSignHash' | 'previousAppSign'>,
  appSign: string,
  nowMs: number,
): boolean {
  return (
    matchesAppSign(appSign, appSignHash) ||
    (previousAppSign !== undefined &&
      nowMs < previousAppSign.untilMs &&
      matchesAppSign(appSign, previousAppSign.hash))
  );
}
