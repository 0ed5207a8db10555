import { describe, expect, it } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { createHash, createCipheriv, randomBytes } from 'node:crypto';
import { openSecret, secretIdOf } from './secret.js';
import { generateToken04 } from './token04.js';
import { encodeToken04Wire, seal } from './token04-wire.js';
import { verifyToken } from './verify-token.js';

const secret = 'a'.repeat(16) + '0123456789abcdef';
const newSecret = 'b'.repeat(16) + '0123456789abcdef';
const live = (...values: string[]) => values.map((value) => ({ value, secretId: secretIdOf(value) }));
const nowMs = 1_800_000_000_000;
const maxLifetimeSeconds = 3600;
const subject = { appId: 7, userId: 'ann', nowMs, maxLifetimeSeconds };
const options = { appId: 7, userId: 'ann', secret, effectiveTimeSeconds: 60, nowMs };

async function errorOf(token: string, secrets = live(secret), who = subject): Promise<AppError> {
  const error = await verifyToken(token, secrets, who).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) {
    throw error;
  }
  return error;
}

/** A genuine token with the given content. */
function sealContent(content: unknown, expire = nowMs / 1000 + 60): string {
  const nonce = randomBytes(12);
  const clear = typeof content === 'string' ? content : JSON.stringify(content);
  return encodeToken04Wire({
    expireSeconds: BigInt(expire),
    nonce,
    sealed: seal(openSecret(secret), nonce, clear),
  });
}
const content = {
  app_id: 7,
  user_id: 'ann',
  nonce: 5,
  ctime: nowMs / 1000,
  expire: nowMs / 1000 + 60,
  payload: '',
};

describe('a genuine token04', () => {
  it('without a payload grants everything until it expires', async () => {
    const token = generateToken04(options);
    expect(await verifyToken(token, live(secret), subject)).toEqual({
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
      tokenId: createHash('sha256').update(token).digest('hex'),
    });
  });

  it('with a privilege payload grants one room', async () => {
    const payload = JSON.stringify({ room_id: 'r1', privilege: { '1': 1, '2': 0 }, stream_id_list: null });
    expect(await verifyToken(generateToken04({ ...options, payload }), live(secret), subject)).toMatchObject({
      rooms: [{ roomId: 'r1', rights: ['login', 'subscribe', 'message'] }],
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    });
  });

  it('grants the named stream IDs', async () => {
    const payload = JSON.stringify({ room_id: 'r1', privilege: { '1': 1, '2': 1 }, stream_id_list: ['s1'] });
    const grants = await verifyToken(generateToken04({ ...options, payload }), live(secret), subject);
    expect(grants.streams).toEqual(['s1']);
    expect(grants.rooms?.[0]?.rights).toEqual(['login', 'subscribe', 'message', 'publish', 'share']);
  });

  it('is accepted with either of two live secrets, and refused after its secret is retired', async () => {
    const token = generateToken04(options);
    await verifyToken(token, live(newSecret, secret), subject);
    expect((await errorOf(token, live(newSecret))).code).toBe(1002033);
  });

  it.each([
    ['another app', { ...content, app_id: 8 }, 1002076],
    ['another user', { ...content, user_id: 'bob' }, 1002077],
    ['a past expiry', { ...content, expire: nowMs / 1000 }, 1002078],
    ['no nonce', { ...content, nonce: undefined }, 1002080],
    ['a nonce that is text', { ...content, nonce: '5' }, 1002080],
    ['a nonce beyond int32', { ...content, nonce: 2 ** 31 }, 1002080],
    ['a missing field', { ...content, ctime: undefined }, 1002075],
    ['the same name twice', JSON.stringify(content).replace('{', '{"user_id":"bob",'), 1002075],
    [
      'the same name twice in its payload',
      { ...content, payload: '{"room_id":"r1","privilege":{"2":1,"2":0}}' },
      1002075,
    ],
    ['a payload that cannot be understood', { ...content, payload: 'all' }, 1002075],
    ['a reserved user', { ...content, user_id: '$system' }, 1002006],
    [
      'a reserved room in its payload',
      { ...content, payload: JSON.stringify({ room_id: '$lobby', privilege: { '1': 1 } }) },
      1002012,
    ],
    ['an expiry that is not a number', { ...content, expire: 'never' }, 1002075],
    ['clear text that is no JSON', 'hello', 1002074],
  ])('with %s is refused with its own code', async (_what, altered, code) => {
    const expire =
      typeof altered === 'object' && typeof altered.expire === 'number' ? altered.expire : undefined;
    expect((await errorOf(sealContent(altered, expire))).code).toBe(code);
  });
});

describe('the lifetime of a token04', () => {
  it.each([
    ['until the end of time', { ...content, expire: 2 ** 40 }],
    ['for a second too long', { ...content, expire: nowMs / 1000 + maxLifetimeSeconds + 11 }],
    ['that was issued long ago', { ...content, ctime: nowMs / 1000 - maxLifetimeSeconds }],
  ])('one valid %s is refused with 1002078, the field and the limit', async (_what, altered) => {
    const error = await errorOf(sealContent(altered, altered.expire));
    expect(error).toMatchObject({ code: 1002078, details: { path: 'token.expire', maxLifetimeSeconds } });
    expect(error.message).toContain('3600 seconds');
  });

  it('may be as long as the limit', async () => {
    const longest = generateToken04({ ...options, effectiveTimeSeconds: maxLifetimeSeconds });
    await verifyToken(longest, live(secret), subject);
  });
});

describe('a token that is not genuine', () => {
  const token = generateToken04(options);
  const bytes = Buffer.from(token.slice(2), 'base64');

  // Covers every byte: expiry, nonce length, nonce, cipher length, cipher, tag, mode.
  it('is refused if any byte is altered, always with the same error', async () => {
    const wires = new Set<string>();
    for (let index = 0; index < bytes.length; index += 1) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(index) ^ 1, index);
      wires.add(JSON.stringify((await errorOf(`04${forged.toString('base64')}`)).toWire()));
    }
    expect([...wires]).toEqual([expect.stringContaining('"code":1002033')]);
  });

  it.each([
    ['garbage', 'garbage'],
    ['nothing', ''],
    ['only the prefix', '04'],
    ['another prefix', `03${token.slice(2)}`],
    ['cut off', token.slice(0, 60)],
    ['with a tail', `${token}AAAA`],
    ['with a blank', `${token.slice(0, 20)} ${token.slice(20)}`],
    ['base64url', token.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')],
  ])('(%s) is refused with 1002033 and no detail', async (what, forged) => {
    if (what === 'base64url' && forged === token) {
      return;
    }
    expect((await errorOf(forged)).toWire()).toEqual({
      code: 1002033,
      name: 'ROOM_AUTHENTICATION_FAILED',
      message: 'The token is wrong or has expired.',
      retryable: false,
    });
  });

  it('of the deprecated CBC mode is refused', async () => {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', openSecret(secret), iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
    const head = Buffer.alloc(10);
    head.writeBigInt64BE(BigInt(content.expire));
    head.writeUInt16BE(16, 8);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(sealed.length);
    const forged = Buffer.concat([head, iv, length, sealed, Buffer.of(0)]).toString('base64');
    expect((await errorOf(`04${forged}`)).code).toBe(1002033);
  });
});

describe('secrets', () => {
  it.each([
    ['empty', ''],
    ['short', 'x'.repeat(31)],
    ['long', 'x'.repeat(33)],
  ])('refuses a ServerSecret that is %s', async (_what, bad) => {
    expect(() => generateToken04({ ...options, secret: bad })).toThrow('32 bytes');
    await expect(
      verifyToken(generateToken04(options), [{ secretId: 'x', value: bad }], subject),
    ).rejects.toThrow('32 bytes');
  });

  it('refuses all tokens without a live secret', async () => {
    expect((await errorOf(generateToken04(options), [])).code).toBe(1002033);
  });
});
