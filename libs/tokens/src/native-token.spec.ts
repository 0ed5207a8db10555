import { describe, expect, it } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { CompactSign } from 'jose';
import { issueNativeToken } from './native-token.js';
import { readTokenUser } from './read-token-user.js';
import { openSecret, secretIdOf } from './secret.js';
import { verifyToken } from './verify-token.js';

const secret = 'a'.repeat(16) + '0123456789abcdef';
const newSecret = 'b'.repeat(16) + '0123456789abcdef';
const live = (...values: string[]) => values.map((value) => ({ value, secretId: secretIdOf(value) }));
const nowMs = 1_800_000_000_000;
const maxLifetimeSeconds = 3600;
const subject = { appId: 7, userId: 'ann', nowMs, maxLifetimeSeconds };
const options = { appId: 7, userId: 'ann', secret, effectiveTimeSeconds: 60, nowMs };

async function codeOf(token: string, secrets = live(secret), who = subject): Promise<number> {
  const error: unknown = await verifyToken(token, secrets, who).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) {
    throw error;
  }
  return error.code;
}

function sign(claims: unknown, header: { alg?: string; kid?: string } = {}, key = secret): Promise<string> {
  return signText(JSON.stringify(claims), header, key);
}
function signText(text: string, header: { alg?: string; kid?: string } = {}, key = secret): Promise<string> {
  return new CompactSign(Buffer.from(text))
    .setProtectedHeader({ alg: 'HS256', kid: secretIdOf(secret), ...header })
    .sign(Buffer.from(key));
}
const claims = { app: 7, user: 'ann', exp: nowMs / 1000 + 60, jti: 'j1' };

const jtiOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: unknown }).jti;

describe('a genuine native token', () => {
  it('grants several rooms, each with its rights, streams and a room limit', async () => {
    const rooms = [
      { roomId: 'r1', rights: ['login' as const, 'publish' as const] },
      { roomId: 'r2', rights: ['login' as const] },
    ];
    const token = await issueNativeToken({ ...options, rooms, streams: ['s1'], maxRooms: 2 });
    expect(await verifyToken(token, live(secret), subject)).toEqual({
      rooms,
      streams: ['s1'],
      maxRooms: 2,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
      tokenId: jtiOf(token),
    });
  });

  it('without rooms grants any room', async () => {
    const token = await issueNativeToken(options);
    expect(await verifyToken(token, live(secret), subject)).toEqual({
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
      tokenId: jtiOf(token),
    });
  });

  it('without an issue time is marked as undated', async () => {
    expect(await verifyToken(await sign(claims), live(secret), subject)).toMatchObject({
      issuedAtMs: nowMs,
      undated: true,
      tokenId: 'j1',
    });
  });

  it('is accepted with either of two live secrets, and refused after its secret is retired', async () => {
    const token = await issueNativeToken(options);
    await verifyToken(token, live(newSecret, secret), subject);
    expect(await codeOf(token, live(newSecret))).toBe(1002033);
  });

  it.each([
    ['another app', { ...claims, app: 8 }, 1002076],
    ['another user', { ...claims, user: 'bob' }, 1002077],
    ['a past expiry', { ...claims, exp: nowMs / 1000 }, 1002078],
    ['a later begin', { ...claims, nbf: nowMs / 1000 + 30 }, 1002078],
    ['no expiry', { ...claims, exp: undefined }, 1002075],
    ['a right that does not exist', { ...claims, rooms: [{ id: 'r1', rights: ['rule'] }] }, 1002075],
    ['an unknown claim', { ...claims, admin: true }, 1002075],
    ['a reserved user', { ...claims, user: '$system' }, 1002006],
    ['a reserved room', { ...claims, rooms: [{ id: '$lobby', rights: ['login'] }] }, 1002012],
    ['a reserved stream', { ...claims, streams: ['$s'] }, 1000016],
  ])('with %s is refused with its own code', async (_what, altered, code) => {
    expect(await codeOf(await sign(altered))).toBe(code);
  });

  it('for a reserved user is refused with the claim, also when only the user is read', async () => {
    const token = await sign({ ...claims, user: '$system' });
    await expect(readTokenUser(token, live(secret))).rejects.toMatchObject({
      code: 1002006,
      message: expect.stringContaining('user ID'),
      details: { path: 'token.user' },
    });
  });

  it.each([
    ['the same name twice', '{"user":"bob","app":7,"user":"ann","exp":1800000060,"jti":"j1"}'],
    ['the same name in two spellings', '{"user":"ann","app":8,"\\u0061pp":7,"exp":1800000060,"jti":"j1"}'],
  ])('with %s is refused with 1002075', async (_what, text) => {
    expect(await codeOf(await signText(text))).toBe(1002075);
  });

  it('may contain what looks like a name', async () => {
    const streams = ['a_b'];
    const text = JSON.stringify({ ...claims, jti: '"user":', streams })
      .replaceAll(',', ' , ')
      .replaceAll(':', ' : ');
    expect(await verifyToken(await signText(text), live(secret), subject)).toMatchObject({ streams });
  });

  it.each([
    ['until the end of time', { ...claims, exp: 2 ** 40 }],
    ['for a second too long', { ...claims, iat: nowMs / 1000, exp: nowMs / 1000 + maxLifetimeSeconds + 11 }],
    ['that was issued long ago', { ...claims, iat: nowMs / 1000 - maxLifetimeSeconds }],
    ['whose issue is in the future', { ...claims, iat: 2 ** 40 - 60, exp: 2 ** 40 }],
  ])('valid %s is refused with 1002078, the claim and the limit', async (_what, altered) => {
    await expect(verifyToken(await sign(altered), live(secret), subject)).rejects.toMatchObject({
      code: 1002078,
      message: 'The token expires too late: it may be valid for 3600 seconds at most.',
      details: { path: 'token.exp', maxLifetimeSeconds },
    });
  });

  it.each([
    ['in the past', nowMs / 1000 - 30, nowMs - 30_000],
    ['that it does not state', undefined, nowMs],
    ['in the future', nowMs / 1000 + 30, nowMs],
  ])('with an issue time %s was issued now at the latest', async (_what, iat, issuedAtMs) => {
    const grants = await verifyToken(await sign({ ...claims, iat }), live(secret), subject);
    expect(grants.issuedAtMs).toBe(issuedAtMs);
  });

  it('may last as long as the limit, also with a clock slightly ahead', async () => {
    const longest = { ...options, effectiveTimeSeconds: maxLifetimeSeconds, nowMs: nowMs + 5000 };
    await verifyToken(await issueNativeToken(longest), live(secret), subject);
  });

  it('of an application server with a clock slightly ahead is accepted', async () => {
    await verifyToken(await issueNativeToken({ ...options, nowMs: nowMs + 5000 }), live(secret), subject);
  });
});

describe('a token that is not genuine', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const kid = secretIdOf(secret);

  it.each([
    ['alg none', `${encode({ alg: 'none', kid })}.${encode(claims)}.`],
    ['no kid', `${encode({ alg: 'HS256' })}.${encode(claims)}.AAAA`],
    ['no signature', `${encode({ alg: 'HS256', kid })}.${encode(claims)}.`],
    ['no JWS', 'a.b.c'],
  ])('(%s) is refused', async (_what, forged) => {
    expect(await codeOf(forged)).toBe(1002033);
  });

  it('signed with another algorithm of the same key is refused', async () => {
    const forged = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'HS512', kid })
      .sign(Buffer.concat([Buffer.from(secret), Buffer.alloc(32)]));
    expect(await codeOf(forged)).toBe(1002033);
  });

  it('with the kid of another secret is refused', async () => {
    expect(await codeOf(await sign(claims, { kid: secretIdOf(newSecret) }), live(secret, newSecret))).toBe(
      1002033,
    );
    expect(await codeOf(await sign(claims, {}, newSecret), live(secret, newSecret))).toBe(1002033);
  });

  it('is refused if any single character is altered', async () => {
    const token = await issueNativeToken(options);
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      expect(await codeOf(token.slice(0, index) + other + token.slice(index + 1))).toBe(1002033);
    }
  });

  it.each([
    ['padding', (token: string) => `${token}=`],
    ['a line end', (token: string) => `${token}\n`],
    ['white space', (token: string) => token.replace(/\.(?=[^.]*$)/, '. ')],
    // The last character of 43 has two unused bits.
    ['unused bits', (token: string) => token.slice(0, -1) + following(token.at(-1)!)],
    [
      'the other alphabet',
      (token: string) => token.replace(/[-_](?=[^.]*$)/, (each) => (each === '-' ? '+' : '/')),
    ],
  ])('is refused with %s, though it decodes to the same bytes', async (_what, alter) => {
    let token = await issueNativeToken(options);
    while (alter(token) === token) {
      token = await issueNativeToken(options);
    }
    const altered = alter(token);
    expect(altered).not.toBe(token);
    expect(altered.split('.').map((part) => Buffer.from(part, 'base64url'))).toEqual(
      token.split('.').map((part) => Buffer.from(part, 'base64url')),
    );
    expect(await codeOf(altered)).toBe(1002033);
  });
});

/** The next character of base64url. */
function following(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) + 1]!;
}

describe('secrets', () => {
  it.each(['', 'short'])('%p neither signs nor verifies', async (bad) => {
    await expect(issueNativeToken({ ...options, secret: bad })).rejects.toThrow('32 bytes');
    const token = await issueNativeToken(options);
    await expect(verifyToken(token, [{ secretId: secretIdOf(secret), value: bad }], subject)).rejects.toThrow(
      '32 bytes',
    );
    expect(() => openSecret(bad)).toThrow('32 bytes');
  });
});
