import { setTimeout as sleep } from 'node:timers/promises';
import { credentialInTurn, type KnownApp } from '../outage/known-app.js';
import { noAnswer, tryLogin } from '../outage/try-login.js';
import { type Login } from './load-figures.js';

/** A login that takes longer has failed, whatever follows. */
export const loginDeadlineMs = 15_000;

/** A gateway that does not answer an attempt within this time never does. */
const answerMs = 12_000;
const retryMs = 200;
const rooms = 20;

/** Before a login is repeated. */
export function retryPause(): Promise<void> {
  return sleep(retryMs * (0.5 + Math.random()));
}

/**
 * A new user without the SDK logs in to a room, with each kind of credential in turn, and leaves. After an error that
 * is `retryable`, or a connection that fails or closes, it tries the next gateway.
 */
export async function visit(urls: readonly string[], app: KnownApp, turn: number): Promise<Login> {
  const userId = `visitor-${turn}`;
  const params = {
    ...{ appId: app.appId, mode: 'single', roomId: `hall-${turn % rooms}` },
    user: { userId, userName: userId },
    ...(await credentialInTurn(app, userId, turn)),
  };
  const startedAtMs = performance.now();
  for (let retries = 0; ; retries++) {
    const url = urls[(turn + retries) % urls.length]!;
    const { code, retryable } = await tryLogin(url, params, answerMs);
    const ms = performance.now() - startedAtMs;
    const isLate = ms >= loginDeadlineMs;
    if (code === 0) {
      return { ms, retries, ...(isLate ? { failure: 'late' } : {}) };
    }
    if (!retryable || isLate) {
      return { ms, retries, failure: String(code), isClear: retryable && code !== noAnswer.late };
    }
    await retryPause();
  }
}
