import { describe, expect, it } from '@jest/globals';
import { secretIdOf, verifyToken } from '@polyroom/tokens';
import { ArgumentError } from './argument-error.js';
import { createToken, type TokenOptions } from './create-token.js';

const secret = '0123456789abcdef0123456789abcdef';
const nowMs = 1_800_000_000_000;
const options: TokenOptions = {
  appId: 7,
  userId: 'ann',
  secret,
  effectiveTimeSeconds: 60,
  nowMs,
  rooms: 'any',
};
const verify = (token: string, maxLifetimeSeconds = 2_073_600) =>
  verifyToken(token, [{ value: secret, secretId: secretIdOf(secret) }], {
    appId: 7,
    userId: 'ann',
    nowMs,
    maxLifetimeSeconds,
  });

/** What is thrown for options, of any type as in JavaScript. */
async function errorOf(wrong: object): Promise<ArgumentError> {
  const error: unknown = await createToken({ ...options, ...wrong }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ArgumentError)) {
    throw new Error('no ArgumentError', { cause: error });
  }
  return error;
}

describe('createToken', () => {
  it('makes a token for any room that the servers accept', async () => {
    expect(await verify(await createToken(options))).toEqual({
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
      tokenId: expect.any(String),
    });
  });

  it('makes a token for several rooms with rights, stream IDs and a limit', async () => {
    const content = {
      rooms: [
        { roomId: 'stage', rights: ['login' as const, 'publish' as const] },
        { roomId: 'lobby', rights: ['login' as const] },
      ],
      streams: ['ann-camera'],
      maxRooms: 2,
    };
    expect(await verify(await createToken({ ...options, ...content }))).toMatchObject(content);
  });

  it('makes a token of the longest validity, also that of a cluster with a bound of its own', async () => {
    await verify(await createToken({ ...options, effectiveTimeSeconds: 2_073_600 }));
    const longest = { effectiveTimeSeconds: 31_622_400, maxLifetimeSeconds: 31_622_400 };
    await verify(await createToken({ ...options, ...longest }), 31_622_400);
  });

  it.each([
    [{ appId: 0 }, 'appId', 1001000, 'must be a whole number from 1 to 4294967295'],
    [{ appId: 2 ** 32 }, 'appId', 1000017, 'must be a whole number from 1 to 4294967295'],
    [{ appId: '7' }, 'appId', 1000017, 'must be a whole number'],
    [{ userId: '' }, 'userId', 1002005, 'The user ID is empty'],
    [{ userId: undefined }, 'userId', 1002005, 'The user ID is empty'],
    [{ userId: 'a b' }, 'userId', 1002006, 'a character that is not allowed'],
    [{ userId: '$system' }, 'userId', 1002006, "begins with '$'"],
    [{ userId: 'a'.repeat(64) }, 'userId', 1002007, 'longer than 63 bytes'],
    [{ secret: undefined }, 'secret', 1000017, 'has 32 bytes; this one is no string'],
    [{ secret: secret.slice(1) }, 'secret', 1000017, 'has 32 bytes; this one has 31'],
    [{ effectiveTimeSeconds: 0 }, 'effectiveTimeSeconds', 1000017, 'a whole number from 1 to 2073600'],
    [{ effectiveTimeSeconds: 1.5 }, 'effectiveTimeSeconds', 1000017, 'a whole number from 1 to 2073600'],
    [{ effectiveTimeSeconds: 2_073_601 }, 'effectiveTimeSeconds', 1000017, 'POLYROOM_MAX_GRANT_SECONDS'],
    [
      { effectiveTimeSeconds: 3601, maxLifetimeSeconds: 3600 },
      'effectiveTimeSeconds',
      1000017,
      'a whole number from 1 to 3600',
    ],
    [{ maxLifetimeSeconds: 59 }, 'maxLifetimeSeconds', 1000017, 'a whole number from 60 to 31622400'],
    [{ maxLifetimeSeconds: 31_622_401 }, 'maxLifetimeSeconds', 1000017, 'from 60 to 31622400'],
    [{ rooms: undefined }, 'rooms', 1000017, "is missing; 'any' grants every room"],
    [{ rooms: [] }, 'rooms', 1000017, "at least one entry; 'any' grants every room"],
    [{ rooms: [{ roomId: '', rights: ['login'] }] }, 'rooms[0].roomId', 1002011, 'The room ID is empty'],
    [{ rooms: [{ roomId: 'r', rights: [] }] }, 'rooms[0].rights', 1000017, 'there are login, publish'],
    [{ rooms: [{ roomId: 'r', rights: ['rule'] }] }, 'rooms[0].rights[0]', 1000017, 'must be one of login'],
    [{ rooms: [{ roomId: 'r', right: [] }] }, 'rooms[0].right', 1000017, 'is unknown'],
    [{ streams: [] }, 'streams', 1000017, 'leave it out to allow any stream ID'],
    [{ streams: ['a', 'a b'] }, 'streams[1]', 1000016, 'The stream ID may contain only digits'],
    [{ maxRooms: 0 }, 'maxRooms', 1000017, 'must be a whole number from 1'],
    [{ nowMs: Number.NaN }, 'nowMs', 1000017, 'must be a whole number'],
    [{ room: 'any' }, 'room', 1000017, 'is unknown; there are appId'],
  ])('refuses %j and names the argument', async (wrong, argument, code, problem) => {
    const error = await errorOf(wrong);
    expect(error).toMatchObject({ argument, code });
    expect(error.message.startsWith(`${argument}: `)).toBe(true);
    expect(error.message).toContain(problem);
  });

  it('refuses a token that is longer than the servers accept', async () => {
    const rooms = Array.from({ length: 200 }, (_, index) => ({ roomId: `room${index}`, rights: ['login'] }));
    const error = await errorOf({ rooms });
    expect(error).toMatchObject({ argument: 'rooms', code: 1000017 });
    expect(error.message).toContain('longer than the servers accept (8192 characters)');
  });

  it('never quotes the secret', async () => {
    const wrong = 'top-secret';
    expect(
      JSON.stringify([await errorOf({ secret: wrong }), (await errorOf({ secret: wrong })).stack]),
    ).not.toContain(wrong);
  });

  it('refuses options that are no object', async () => {
    await expect(createToken(undefined as unknown as TokenOptions)).rejects.toThrow(
      'options: must be an object.',
    );
  });
});
