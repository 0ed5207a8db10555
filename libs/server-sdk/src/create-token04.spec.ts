import { describe, expect, it } from '@jest/globals';
import { secretIdOf, verifyToken } from '@polyroom/tokens';
import { createToken04, type Token04Options } from './create-token04.js';

const secret = '0123456789abcdef0123456789abcdef';
const nowMs = 1_800_000_000_000;
const options: Token04Options = {
  appId: 7,
  userId: 'ann',
  secret,
  effectiveTimeSeconds: 60,
  nowMs,
  room: 'any',
};
const times = { issuedAtMs: nowMs, expiresAtMs: nowMs + 60_000, tokenId: expect.any(String) };
const verify = (token: string) =>
  verifyToken(token, [{ value: secret, secretId: secretIdOf(secret) }], {
    appId: 7,
    userId: 'ann',
    nowMs,
    maxLifetimeSeconds: 3600,
  });

describe('createToken04', () => {
  it('makes a token for any room that the servers accept', async () => {
    const token = createToken04(options);
    expect(token.startsWith('04')).toBe(true);
    expect(await verify(token)).toEqual(times);
  });

  it('makes a token for one room', async () => {
    const room = { roomId: 'stage', rights: ['login', 'publish'] as const, streams: ['ann-camera'] };
    expect(await verify(createToken04({ ...options, room }))).toEqual({
      ...times,
      rooms: [{ roomId: 'stage', rights: ['login', 'subscribe', 'message', 'publish', 'share'] }],
      streams: ['ann-camera'],
    });
    const viewer = await verify(createToken04({ ...options, room: { roomId: 'stage', rights: ['login'] } }));
    expect(viewer).toEqual({
      ...times,
      rooms: [{ roomId: 'stage', rights: ['login', 'subscribe', 'message'] }],
    });
  });

  it.each([
    [{ appId: 0 }, 'appId', 1001000],
    [{ userId: 'a b' }, 'userId', 1002006],
    [{ secret: 'short' }, 'secret', 1000017],
    [{ effectiveTimeSeconds: 2_073_601 }, 'effectiveTimeSeconds', 1000017],
    [{ room: undefined }, 'room', 1000017],
    [{ room: { roomId: 'a b', rights: ['login'] } }, 'room.roomId', 1002012],
    [{ room: { roomId: 'r', rights: ['message'] } }, 'room.rights[0]', 1000017],
    [{ room: { roomId: 'r', rights: ['login'], streams: [''] } }, 'room.streams[0]', 1000015],
    [{ rooms: 'any' }, 'rooms', 1000017],
  ])('refuses %j and names the argument', (wrong, argument, code) => {
    const make = (): string => createToken04({ ...options, ...(wrong as object) });
    expect(make).toThrow(expect.objectContaining({ name: 'ArgumentError', argument, code }));
    expect(make).toThrow(new RegExp(`^${argument.replaceAll(/[[\].]/g, '\\$&')}: `));
  });

  it.each([200, 10_000])(
    'refuses %d stream IDs, because the servers accept no token of that length',
    (count) => {
      const streams = Array.from({ length: count }, (_, index) => `stream-${index}-${'x'.repeat(20)}`);
      const room = { roomId: 'r', rights: ['login', 'publish'] as const, streams };
      expect(() => createToken04({ ...options, room })).toThrow(
        'room.streams: makes a token longer than the servers accept (8192 characters); name fewer rooms or streams.',
      );
    },
  );
});
