import { describe, expect, test } from '@jest/globals';
import { testUnless } from '@polyroom/testing';
import { generateToken04, secretIdOf, verifyToken } from '@polyroom/tokens';
import { CompactSign } from 'jose';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Call, findLanguages, type Language, type Reply } from '../test/languages.js';

const run = promisify(execFile);
const secret = 'server-secret-of-32-bytes-123456';
const webhookSecret = 'webhook-secret-of-more-than-32-bytes';
const now = 1_800_000_000;
const base = {
  appId: 4294967295,
  userId: "ann~!@#$%^&*()_+=-`;',.<>\\",
  secret,
  effectiveTimeSeconds: 60,
  now,
};
const languages = findLanguages(process.env);

async function callOne(language: Language, call: Call['call'], options: object): Promise<Reply> {
  const [reply] = await language.call([{ call, options: { ...options } }]);
  return reply!;
}

/** The same argument in the spelling of any language. */
const plain = (argument: string | undefined) =>
  argument
    ?.replaceAll('_', '')
    .toLowerCase()
    .replace(/seconds$/, '');

/** The servers' own verifier. */
function verifyAsServer(token: string): Promise<unknown> {
  const secrets = [{ value: secret, secretId: secretIdOf(secret) }];
  const { appId, userId } = base;
  return verifyToken(token, secrets, { appId, userId, nowMs: now * 1000, maxLifetimeSeconds: 2_073_600 });
}

const rooms = [
  { roomId: 'stage', rights: ['login', 'publish', 'subscribe', 'message', 'share'] },
  { roomId: 'lobby<&>', rights: ['login'] },
];
const patterns = [
  { roomPattern: 'class-*', rights: ['login', 'data', 'readMessages'], streams: ['ann-*', 'x'] },
  { roomId: '*', rights: ['media', 'sendMessages', 'attributes'] },
];
const room = { roomId: 'stage<&>', rights: ['login', 'publish'], streams: ['ann-camera'] };
const room04 = { roomId: 'stage<&>', rights: ['login', 'subscribe', 'message', 'publish', 'share'] };
const verified = { userId: base.userId, maxRooms: null, issuedAt: now, expiresAt: now + 60 };
const tokens = [
  {
    kind: 'native token for any room',
    call: 'createToken',
    options: { rooms: 'any' },
    content: { ...verified, rooms: 'any', streams: 'any' },
  },
  {
    kind: 'native token for two rooms',
    call: 'createToken',
    options: { rooms, streams: ['ann-camera'], maxRooms: 2 },
    content: { ...verified, rooms, streams: ['ann-camera'], maxRooms: 2 },
  },
  {
    kind: 'native token for rooms by pattern, with streams',
    call: 'createToken',
    options: { rooms: patterns, streams: ['ann-*'] },
    content: { ...verified, rooms: patterns, streams: ['ann-*'] },
  },
  {
    kind: 'token04 for any room',
    call: 'createToken04',
    options: { room: 'any' },
    content: { ...verified, rooms: 'any', streams: 'any' },
  },
  {
    kind: 'token04 for one room',
    call: 'createToken04',
    options: { room },
    content: { ...verified, rooms: [room04], streams: ['ann-camera'] },
  },
] as const;

/** A token with one character altered in each part. */
function tamper(token: string): string[] {
  const altered = (index: number) =>
    token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);
  return [5, token.length >> 1, token.length - 5].map(altered);
}

describe.each(languages)('$name', (language) => {
  const { unitTests } = language;
  if (unitTests !== undefined) {
    testUnless(test, language.missing)('passes its own tests', async () => {
      const { command, args, cwd, env } = unitTests;
      await run(command, args, { cwd, env: { ...process.env, ...env } });
    });
  }

  for (const { kind, call, options, content } of tokens) {
    const missing = language.missing ?? (call === 'createToken04' ? language.withoutToken04 : undefined);
    testUnless(test, missing)(`makes a ${kind} that the servers and every language accept`, async () => {
      const { value } = await callOne(language, call, { ...base, ...options });
      const token = String(value);
      await verifyAsServer(token);
      for (const forged of tamper(token)) {
        await expect(verifyAsServer(forged)).rejects.toMatchObject({ code: 1002033 });
      }
      for (const verifier of languages.filter(
        (each) => (each.missing ?? each.withoutToken04) === undefined,
      )) {
        const replies = await verifier.call(
          [token, ...tamper(token)].map((each) => ({
            call: 'verifyToken',
            options: { token: each, appId: base.appId, secret, now },
          })),
        );
        expect([verifier.name, replies[0]]).toEqual([verifier.name, { value: content }]);
        expect(replies.slice(1).map((reply) => reply.code)).toEqual([1002033, 1002033, 1002033]);
      }
    });
  }

  testUnless(test, language.missing)('signs a webhook that every language accepts', async () => {
    const body = '{"room":"café 🎥"}';
    const secrets = ['first-secret-of-more-than-32-bytes-1', webhookSecret];
    const { value: header } = await callOne(language, 'signWebhook', { body, secrets, now });
    const request = { header, body, secret: webhookSecret, now };
    const calls = [
      request,
      { ...request, secret: secrets[0] },
      { ...request, body: `${body} ` },
      { ...request, secret: `${webhookSecret}.` },
      { ...request, header: String(header).replace('t=1800000000', 't=1800000001') },
      { ...request, header: '' },
      { ...request, header: `t=1,${String(header)}` },
      { ...request, header: `${String(header)},v1=00` },
      { ...request, now: now + 300 },
      { ...request, now: now + 301 },
      { ...request, now: now - 301 },
      { ...request, now: now + 11, toleranceSeconds: 10 },
    ].map((options) => ({ call: 'verifyWebhook' as const, options }));
    for (const verifier of languages.filter((each) => each.missing === undefined)) {
      const replies = await verifier.call(calls);
      expect([verifier.name, ...replies.map(({ reason }) => reason)]).toEqual([
        verifier.name,
        ...[undefined, undefined, 'mismatch', 'mismatch', 'mismatch', 'malformed', 'malformed', 'malformed'],
        ...[undefined, 'stale', 'stale', 'stale'],
      ]);
    }
  });

  testUnless(test, language.missing)('signs a ZEGO callback that every language accepts', async () => {
    const [callbackSecret, timestamp] = ['ｚego-🎥', String(now)];
    // Of characters that UTF-16, in which JavaScript compares, sorts in another order than UTF-8.
    const nonces = ['123412', 'café', '\uffff'];
    const signed = nonces.map((nonce) => ({ callbackSecret, timestamp, nonce }));
    const signatures = await language.call(signed.map((options) => ({ call: 'signZegoCallback', options })));
    const calls = signed
      .map((options, index) => ({ ...options, signature: signatures[index]!.value, now }))
      .flatMap((callback) => [
        callback,
        { ...callback, nonce: '1' },
        { ...callback, now: now + 301 },
        { ...callback, signature: '' },
      ])
      .map((options) => ({ call: 'verifyZegoCallback' as const, options }));
    const reasons = [undefined, 'mismatch', 'stale', 'malformed'];
    for (const verifier of languages.filter((each) => each.missing === undefined)) {
      const replies = await verifier.call(calls);
      expect([verifier.name, ...replies.map(({ reason }) => reason)]).toEqual([
        verifier.name,
        ...nonces.flatMap(() => reasons),
      ]);
    }
  });

  testUnless(test, language.missing)('refuses wrong arguments as Node.js does', async () => {
    const [node] = languages;
    const calls = wrongCalls.filter(({ call }) => call !== 'createToken04' || !language.withoutToken04);
    const [replies, expected] = [await language.call(calls), await node!.call(calls)];
    replies.forEach((reply, index) => {
      const wanted = expected[index]!;
      expect(wanted.argument).toBeDefined();
      expect([calls[index], { ...reply, argument: plain(reply.argument) }]).toEqual([
        calls[index],
        {
          ...wanted,
          argument: plain(wanted.argument),
          // Types, and what stands for any room, are those of the language.
          ...(/grants every room|list with|whole number|not empty/.test(wanted.problem!)
            ? { problem: reply.problem }
            : {}),
        },
      ]);
    });
  });

  testUnless(test, language.missing ?? language.withoutToken04)(
    'refuses genuine tokens with the code of the servers',
    async () => {
      const claims = { app: base.appId, user: base.userId, exp: now + 60, jti: 'j1' };
      const native = await Promise.all(
        [
          {},
          { app: 8 },
          { app: 0 },
          { user: '$system' },
          { user: undefined },
          { user: 7 },
          { app: '7' },
          { app: 2 ** 32 },
          { app: -1 },
          { app: 0.5 },
          { exp: now },
          { exp: undefined },
          { exp: 2 ** 41 },
          { exp: now + 2_073_600 + 11 },
          { iat: now - 2_073_600 },
          { iat: now + 3600 },
          { nbf: now + 11 },
          { nbf: now + 10 },
          { nbf: 'now' },
          { rooms: [] },
          { rooms: 'any' },
          { rooms: [{ id: 'r', rights: ['rule'] }] },
          { rooms: [{ id: '', rights: [] }] },
          { rooms: [{ id: 'r', rights: [], more: 1 }] },
          { streams: ['a b'] },
          { streams: [] },
          { max_rooms: 0 },
          { max_rooms: 1.5 },
          { jti: '' },
          { admin: true },
        ].map((altered) => sign({ ...claims, ...altered })),
      );
      const text = JSON.stringify(claims);
      const odd = await Promise.all([
        signText(text.replace('{', '{"user":"teacher",')),
        signText(text.replace('{', '{"\\u0061pp":1,')),
        signText(text.replace('{', '{ "max_rooms" : 1, "streams":["\\"user\\":"],')),
        sign([]),
        sign('text'),
        sign(claims, { alg: 'HS512' }),
        sign(claims, { kid: 'x' }),
      ]);
      const payloads = [
        '',
        '{}',
        'text',
        '[]',
        '{"room_id":"r","privilege":{"1":1,"2":0},"stream_id_list":[]}',
        '{"room_id":"r","privilege":{"1":2}}',
        '{"room_id":"r","privilege":{"1":true}}',
        '{"room_id":"r","privilege":{"1":1,"1":0}}',
        '{"room_id":"$r","privilege":{}}',
        '{"room_id":"r","privilege":{},"stream_id_list":["a b"]}',
      ].map((payload) => generateToken04({ ...base, effectiveTimeSeconds: 60, payload, nowMs: now * 1000 }));
      const all = [...native, ...odd, ...payloads];
      const expected = await Promise.all(
        all.map((token) =>
          verifyAsServer(token).then(
            () => undefined,
            (error: { code: number }) => error.code,
          ),
        ),
      );
      const replies = await language.call(
        all.map((token) => ({ call: 'verifyToken', options: { token, appId: base.appId, secret, now } })),
      );
      expect(replies.map(({ code }, index) => [all[index], code])).toEqual(
        expected.map((code, index) => [all[index], code]),
      );
    },
  );
});

/** A token that createToken does not make, signed with the ServerSecret. */
function sign(claims: unknown, header: { alg?: string; kid?: string } = {}): Promise<string> {
  return signText(JSON.stringify(claims), header);
}

function signText(text: string, header: { alg?: string; kid?: string } = {}): Promise<string> {
  const key =
    header.alg === 'HS512' ? Buffer.concat([Buffer.from(secret), Buffer.alloc(32)]) : Buffer.from(secret);
  return new CompactSign(Buffer.from(text))
    .setProtectedHeader({ alg: 'HS256', kid: secretIdOf(secret), ...header })
    .sign(key);
}

const manyRooms = Array.from({ length: 200 }, (_, index) => ({ roomId: `room${index}`, rights: ['login'] }));
const wrongCalls: Call[] = [
  ...[
    { appId: 0 },
    { userId: '' },
    { userId: 'a b' },
    { userId: 'ann\n' },
    { userId: 'é' },
    { userId: '$system' },
    { userId: 'a'.repeat(64) },
    { secret: '' },
    { secret: secret.slice(1) },
    { secret: `${secret.slice(1)}é` },
    { effectiveTimeSeconds: 0 },
    { effectiveTimeSeconds: -60 },
    { effectiveTimeSeconds: 2_073_601 },
    { effectiveTimeSeconds: 61, maxLifetimeSeconds: 60 },
    { maxLifetimeSeconds: 59 },
    { maxLifetimeSeconds: 31_622_401 },
    { rooms: [] },
    { rooms: [{ roomId: '', rights: ['login'] }] },
    { rooms: [rooms[0], { roomId: 'r'.repeat(128), rights: ['login'] }] },
    { rooms: [{ roomId: '$r', rights: ['login'] }] },
    { rooms: [{ roomId: 'r', rights: [] }] },
    { rooms: [{ roomId: 'r', rights: ['login', 'rule'] }] },
    { rooms: manyRooms },
    { streams: [''] },
    { streams: ['a', 'a b'] },
    { streams: ['s'.repeat(256)] },
    { maxRooms: -1 },
  ].map((wrong): Call => ({ call: 'createToken', options: { ...base, rooms: 'any', ...wrong } })),
  ...[
    { room: { roomId: '', rights: ['login'] } },
    { room: { roomId: 'r', rights: ['share'] } },
    { room: { roomId: 'r', rights: ['login'], streams: ['a', ''] } },
    { room: { roomId: 'r', rights: ['login'], streams: Array.from({ length: 40 }, () => 's'.repeat(200)) } },
    { room: { roomId: 'r', rights: ['login'], streams: Array.from({ length: 400 }, () => 's'.repeat(200)) } },
  ].map((wrong): Call => ({ call: 'createToken04', options: { ...base, ...wrong } })),
  { call: 'signWebhook', options: { body: '', secrets: [] } },
  { call: 'signWebhook', options: { body: '', secrets: [webhookSecret, 'short'] } },
  { call: 'verifyWebhook', options: { header: '', body: '', secret: 'short' } },
  { call: 'verifyWebhook', options: { header: '', body: '', secret: webhookSecret, toleranceSeconds: -1 } },
  { call: 'verifyToken', options: { token: '', appId: 7, secret } },
  { call: 'verifyToken', options: { token: 'x', appId: 7, secret: '' } },
  { call: 'signZegoCallback', options: { callbackSecret: '', timestamp: '1', nonce: '1' } },
];
