import { describe, expect, it } from '@jest/globals';
import { createToken } from './create-token.js';
import { createToken04 } from './create-token04.js';
import { TokenError, verifyToken } from './verify-token.js';

const secret = '0123456789abcdef0123456789abcdef';
const nowMs = 1_800_000_000_000;
const base = { appId: 7, userId: 'ann', secret, effectiveTimeSeconds: 60, nowMs };
const subject = { appId: 7, secret, nowMs };
const times = { issuedAtMs: nowMs, expiresAtMs: nowMs + 60_000 };
const anything = { userId: 'ann', rooms: 'any', streams: 'any', maxRooms: undefined, ...times };

describe('verifyToken', () => {
  it('returns the user and the grants of a native token', async () => {
    expect(await verifyToken(await createToken({ ...base, rooms: 'any' }), subject)).toEqual(anything);
    const content = { rooms: [{ roomId: 'r', rights: ['login' as const] }], streams: ['s'], maxRooms: 3 };
    expect(await verifyToken(await createToken({ ...base, ...content }), subject)).toEqual({
      ...anything,
      ...content,
    });
  });

  it('returns the user of a token04', async () => {
    expect(await verifyToken(createToken04({ ...base, room: 'any' }), subject)).toEqual(anything);
  });

  it.each([
    ['another AppID', { appId: 8 }, 1002076],
    ['another secret', { secret: secret.toUpperCase() }, 1002033],
    ['the time of its expiry', { nowMs: nowMs + 60_000 }, 1002078],
    ['a shorter bound of the cluster', { maxLifetimeSeconds: 60, nowMs: nowMs + 1 }, undefined],
  ])('with %s answers as the servers do', async (_what, altered, code) => {
    for (const token of [
      await createToken({ ...base, rooms: 'any' }),
      createToken04({ ...base, room: 'any' }),
    ]) {
      const result = await verifyToken(token, { ...subject, ...altered }).catch((thrown: unknown) => thrown);
      expect(result instanceof TokenError ? result.code : undefined).toBe(code);
    }
  });

  it.each(['a.b.c', '04', '04AAAA', 'no token'])('refuses %p', async (token) => {
    await expect(verifyToken(token, subject)).rejects.toMatchObject({ name: 'TokenError', code: 1002033 });
  });

  it('names an argument that is wrong', async () => {
    await expect(verifyToken('', subject)).rejects.toMatchObject({ argument: 'token' });
    await expect(verifyToken('x', { ...subject, secret: '' })).rejects.toMatchObject({ argument: 'secret' });
  });
});
