import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { secretIdOf } from '@polyroom/tokens';
import { type Random } from '../invariants/random.js';
import { base64url, type Json, jws, signature, toText } from './forge.js';
import { attackedAppId, type BaseToken, otherAppId, type TokenWorld } from './token-world.js';

/** Everything that an attacker knows: no live secret of the AppID is among it. */
export interface Known {
  world: TokenWorld;
  base: BaseToken;
  other: BaseToken;
  random: Random;
}

/** Makes a token without the secret. */
export type Forgery = (known: Known) => string;

/** Alters the claims of a token that is then signed with the secret, as by an application server with a fault. */
export interface Fault {
  alter: (claims: Json, random: Random) => unknown;
  code: number;
}

const ed25519 = generateKeyPairSync('ed25519');
const algorithms = [
  'none',
  'None',
  'NONE',
  '',
  'HS384',
  'HS512',
  'RS256',
  'PS256',
  'ES256',
  'EdDSA',
  'dir',
  'hs256',
];

function partsOf({ token }: BaseToken): [header: string, payload: string, signature: string] {
  return token.split('.') as [string, string, string];
}

function headerOf(base: BaseToken): Json {
  return JSON.parse(Buffer.from(partsOf(base)[0], 'base64url').toString()) as Json;
}

/** Keys of 32 bytes that an attacker can try. */
export function guessedKey({ world, base, random }: Known): string {
  const kid = secretIdOf(base.secret);
  return random.pick([
    world.secrets.get(otherAppId)!,
    randomBytes(16).toString('hex'),
    kid + kid,
    '\0'.repeat(32),
    String(attackedAppId).padStart(32, '0'),
    base.secret.slice(1) + (base.secret.startsWith('0') ? '1' : '0'),
    base.secret.toUpperCase() === base.secret ? base.secret.toLowerCase() : base.secret.toUpperCase(),
    base.secret.slice(0, 31),
    '',
  ]);
}

/** A payload that would grant more than the token does. */
function widened({ base, random }: Known): unknown {
  const { claims } = base;
  return random.pick<() => unknown>([
    () => ({ ...claims, user: 'teacher' }),
    () => ({ ...claims, user: '$system' }),
    () => ({ ...claims, rooms: [{ pattern: '*', rights: ['login', 'publish', 'share', 'hidden'] }] }),
    () => ({ ...claims, rooms: undefined, streams: undefined }),
    () => ({ ...claims, exp: Number(claims['exp']) + 1 + random.below(1000) }),
    () => ({ ...claims, exp: 2 ** 40 }),
    () => ({ ...claims, app: otherAppId }),
    () => ({ ...claims, max_rooms: 1000 }),
    () => ({ ...claims, jti: randomBytes(8).toString('hex') }),
    () => ({ ...claims, admin: true }),
    () => JSON.stringify(claims).replace('{', '{"user":"teacher",'),
    () => JSON.stringify(claims).replace(/}$/, ',"user":"teacher"}'),
    () => ` ${JSON.stringify(claims)}`,
    () => JSON.stringify(claims, undefined, 1),
    () => ({}),
    () => '',
  ])();
}

export const nativeForgeries: Record<string, Forgery> = {
  'native: wrong signature': ({ base }) => {
    const [header, payload, own] = partsOf(base);
    const bytes = Buffer.from(own, 'base64url');
    bytes[0]! ^= 1;
    return `${header}.${payload}.${base64url(bytes)}`;
  },
  'native: payload altered': (known) => {
    const [header, , own] = partsOf(known.base);
    return `${header}.${base64url(toText(widened(known)))}.${own}`;
  },
  'native: payload of another token': ({ base, other }) => {
    const [header, payload, own] = partsOf(base);
    return other.kind === 'native'
      ? `${header}.${partsOf(other)[1]}.${own}`
      : `${header}.${payload}.${base64url(other.token)}`;
  },
  'native: parts missing, exchanged or added': ({ base, random }) => {
    const [header, payload, own] = partsOf(base);
    return random.pick([
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}..${own}`,
      `.${payload}.${own}`,
      `${payload}.${header}.${own}`,
      `${header}.${own}.${payload}`,
      `${header}.${payload}.${own}.`,
      `${header}.${payload}.${own}.${own}`,
      `${header}.${payload}.${own}.${payload}.${own}`,
      '..',
      '...',
    ]);
  },
  'native: as JSON': ({ base, random }) => {
    const [header, payload, own] = partsOf(base);
    return random.pick([
      JSON.stringify({ protected: header, payload, signature: own }),
      JSON.stringify({ payload, signatures: [{ protected: header, signature: own }] }),
    ]);
  },
  'native: other algorithm without a signature': (known) => {
    const header = { ...headerOf(known.base), alg: known.random.pick(algorithms) };
    const signed = `${base64url(toText(header))}.${base64url(toText(widened(known)))}`;
    return `${signed}.${known.random.pick(['', partsOf(known.base)[2], 'AA', base64url('none')])}`;
  },
  'native: other algorithm with a key of the attacker': (known) => {
    const alg = known.random.pick(['HS256', 'HS384', 'HS512']);
    return jws({ ...headerOf(known.base), alg }, widened(known), guessedKey(known), alg);
  },
  'native: asymmetric key of the attacker in the header': (known) => {
    const jwk = ed25519.publicKey.export({ format: 'jwk' });
    const pem = ed25519.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const header = {
      ...headerOf(known.base),
      alg: 'EdDSA',
      jwk,
      x5c: [base64url(pem)],
      jku: 'http://127.0.0.1/',
    };
    const signed = `${base64url(toText(header))}.${base64url(toText(widened(known)))}`;
    const mac = createHmac('sha256', pem).update(signed).digest();
    return `${signed}.${base64url(known.random.chance(0.5) ? sign(null, Buffer.from(signed), ed25519.privateKey) : mac)}`;
  },
  'native: other secret': (known) => jws(headerOf(known.base), widened(known), guessedKey(known)),
  'native: other secret with the same content': (known) =>
    jws(headerOf(known.base), known.base.claims, guessedKey(known)),
  'native: unknown kid': (known) => {
    const key = guessedKey(known);
    const ownKid = key.length === 32 ? secretIdOf(key) : '';
    const kid = known.random.pick<unknown>([
      ownKid,
      randomBytes(8).toString('hex'),
      undefined,
      '',
      null,
      0,
      [secretIdOf(known.base.secret)],
      { toString: secretIdOf(known.base.secret) },
      '__proto__',
      '../../../../dev/null',
      "' OR 1=1 --",
      `${secretIdOf(known.base.secret)}\0`,
      secretIdOf(known.base.secret).toUpperCase(),
    ]);
    return jws({ ...headerOf(known.base), kid }, widened(known), key);
  },
  'native: kid of another app, signed with its secret': (known) => {
    const key = known.world.secrets.get(otherAppId)!;
    return jws({ ...headerOf(known.base), kid: secretIdOf(key) }, widened(known), key);
  },
  'native: kid of another app, signed with the own secret': ({ world, base }) => {
    const kid = secretIdOf(world.secrets.get(otherAppId)!);
    return jws({ ...headerOf(base), kid }, base.claims, base.secret);
  },
  'native: header altered': ({ base, random }) => {
    const [, payload, own] = partsOf(base);
    const header = random.pick<unknown>([
      { ...headerOf(base), typ: 'JWE' },
      { ...headerOf(base), crit: ['exp'] },
      { ...headerOf(base), b64: false, crit: ['b64'] },
      { ...headerOf(base), zip: 'DEF' },
      toText(headerOf(base)).replace('{', '{"alg":"none",'),
      toText(headerOf(base)).replace(/}$/, ',"alg":"none"}'),
      ` ${toText(headerOf(base))}`,
      '{',
      'null',
      '[]',
      '1',
    ]);
    return `${base64url(toText(header))}.${payload}.${own}`;
  },
  'native: signed, but not encoded': ({ base, random }) => {
    const [header, payload] = partsOf(base);
    const clear = toText(base.claims);
    return random.pick([
      `${toText(headerOf(base))}.${clear}.${signature(`${toText(headerOf(base))}.${clear}`, base.secret)}`,
      `${header}.${payload}.${createHmac('sha256', base.secret).update(`${header}.${payload}`).digest('hex')}`,
      `${header}.${payload}.${createHmac('sha256', base.secret).update(payload).digest('base64url')}`,
      `${header}.${payload}.${createHmac('sha1', base.secret).update(`${header}.${payload}`).digest('base64url')}`,
    ]);
  },
  'native: signature cut or extended': ({ base, random }) => {
    const [header, payload, own] = partsOf(base);
    const bytes = Buffer.from(own, 'base64url');
    const other = random.chance(0.5)
      ? bytes.subarray(0, random.below(bytes.length))
      : Buffer.concat([bytes, randomBytes(1 + random.below(32))]);
    return `${header}.${payload}.${base64url(other)}`;
  },
  'native: other algorithm with the right secret': ({ base, random }) => {
    const alg = random.pick(['HS384', 'HS512']);
    return jws({ ...headerOf(base), alg }, base.claims, base.secret, alg);
  },
};

export const set = (more: Json) => (claims: Json) => ({ ...claims, ...more });
export const fault = (code: number, ...alters: Fault['alter'][]): Fault[] =>
  alters.map((alter) => ({ alter, code }));
export const addText = (find: RegExp, put: string) => (claims: Json) =>
  JSON.stringify(claims).replace(find, put);

/** By the code of the refusal. */
export const nativeFaults: Record<string, Fault[]> = {
  'native, signed: expiry': [
    ...fault(
      1002078,
      set({ exp: 0 }),
      set({ exp: -1 }),
      set({ exp: 1.5 }),
      set({ exp: 2 ** 40 }),
      set({ exp: 2 ** 39 }),
      (claims) => ({ ...claims, exp: claims['iat'], iat: undefined }),
      (claims, random) => ({ ...claims, exp: Number(claims['iat']) - random.below(1e6), iat: undefined }),
      (claims, random) => ({ ...claims, exp: Number(claims['exp']) + 7200 + random.below(1e9) }),
      set({ iat: 0 }),
      set({ iat: -(2 ** 60) }),
      set({ iat: 2 ** 40 - 60, exp: 2 ** 40 }),
      (claims, random) => ({ ...claims, nbf: Number(claims['exp']) + random.below(1e9) }),
      set({ nbf: 2 ** 60 }),
    ),
    ...fault(
      1002075,
      set({ exp: undefined }),
      set({ exp: null }),
      set({ exp: true }),
      set({ exp: {} }),
      set({ exp: 2 ** 40 + 1 }),
      set({ exp: 2 ** 53 }),
      (claims) => ({ ...claims, exp: String(claims['exp']) }),
      (claims) => ({ ...claims, exp: [claims['exp']] }),
      addText(/"exp":\d+/, '"exp":1e400'),
      set({ iat: 'now' }),
      set({ iat: null }),
      set({ nbf: [] }),
      addText(/"iat":\d+/, '"iat":-1e400'),
    ),
  ],
  'native, signed: app': [
    ...fault(1002076, set({ app: otherAppId }), set({ app: 0xffffffff }), set({ app: 1 })),
    ...fault(1001000, set({ app: 0 }), set({ app: -1 })),
    ...fault(
      1000017,
      set({ app: String(attackedAppId) }),
      set({ app: 2 ** 32 }),
      set({ app: attackedAppId + 0.5 }),
      set({ app: null }),
      set({ app: [attackedAppId] }),
      set({ app: undefined }),
    ),
  ],
  'native, signed: user': [
    ...fault(1002077, set({ user: 'eve' }), (claims) => ({
      ...claims,
      user: `${String(claims['user']).slice(1)}-`,
    })),
    ...fault(
      1002006,
      set({ user: '$system' }),
      set({ user: 'a b' }),
      set({ user: 'ann\0' }),
      set({ user: 'é' }),
    ),
    ...fault(1002005, set({ user: '' }), set({ user: undefined }), set({ user: null }), set({ user: 7 })),
    ...fault(1002007, set({ user: 'a'.repeat(64) })),
  ],
  'native, signed: rooms and rights': [
    ...fault(
      1002033,
      set({ rooms: [] }),
      set({ rooms: [{ id: 'elsewhere', rights: ['login'] }] }),
      set({ rooms: [{ pattern: '*', rights: ['publish', 'subscribe'] }] }),
      set({ rooms: [{ pattern: 'elsewhere-*', rights: ['login'] }] }),
    ),
    ...fault(
      1002075,
      set({ rooms: 'any' }),
      set({ rooms: null }),
      set({ rooms: [null] }),
      set({ rooms: { id: 'r', rights: ['login'] } }),
      set({ rooms: [{ pattern: '*', rights: ['admin'] }] }),
      set({ rooms: [{ pattern: '*', rights: 'login' }] }),
      set({ rooms: [{ pattern: '*', rights: ['login'], admin: true }] }),
      set({ rooms: [{ id: 'r', pattern: '*', rights: ['login'] }] }),
      set({ max_rooms: 0 }),
      set({ max_rooms: 1.5 }),
      set({ max_rooms: '5' }),
      set({ streams: '*' }),
      set({ jti: '' }),
      set({ jti: 'j'.repeat(65) }),
      set({ jti: undefined }),
      set({ jti: 7 }),
    ),
    ...fault(
      1002012,
      set({ rooms: [{ id: '$lobby', rights: ['login'] }] }),
      set({ rooms: [{ pattern: '$*', rights: [] }] }),
    ),
    ...fault(
      1002011,
      set({ rooms: [{ rights: ['login'] }] }),
      set({ rooms: [{ id: '', rights: ['login'] }] }),
    ),
    ...fault(
      1000016,
      set({ streams: ['a b'] }),
      set({ rooms: [{ pattern: '*', rights: ['login'], streams: ['é'] }] }),
    ),
  ],
  'native, signed: fields added or twice': fault(
    1002075,
    set({ admin: true }),
    set({ sub: 'teacher' }),
    set({ user_id: 'teacher' }),
    set({ constructor: {} }),
    addText(/{/, '{"__proto__":{"rooms":[]},'),
    addText(/{/, '{"user":"teacher",'),
    addText(/{/, '{"\\u0075ser":"teacher",'),
    addText(/{/, '{"exp":1099511627776,'),
    (claims) => JSON.stringify(claims).replace(/}$/, `,"user":${JSON.stringify(claims['user'])}}`),
    (claims) =>
      JSON.stringify(claims).replace(/}$/, ',"rooms":[{"pattern":"*","rights":["login"],"rights":[]}]}'),
  ),
  'native, signed: no claims': [
    ...fault(
      1002074,
      () => 'hello',
      () => '{',
      () => '{"a":1}}',
      () => "{'app':701}",
      () => '\u0000',
    ),
    ...fault(
      1002075,
      () => '[]',
      () => 'null',
      () => '1',
      () => '"text"',
      (claims) => JSON.stringify([claims]),
    ),
  ],
};
