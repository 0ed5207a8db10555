import { randomBytes } from 'node:crypto';
import { type Random } from '../invariants/random.js';
import { cbcToken04, decodeWire, encodeWire, token04, type Wire } from './forge.js';
import { addText, fault, type Fault, type Forgery, guessedKey, type Known, set } from './native-mutations.js';
import { attackedAppId, type BaseToken, otherAppId } from './token-world.js';

const tagBytes = 16;
const blockBytes = 16;

function altered(base: BaseToken, alter: (wire: Wire) => void): string {
  const wire = decodeWire(base.token);
  alter(wire);
  return encodeWire(wire);
}

function flip(bytes: Buffer, random: Random, from = 0, to = bytes.length): void {
  bytes[from + random.below(to - from)]! ^= 1 << random.below(8);
}

/** A key of 32 bytes that an attacker can try. */
function guessedKey32(known: Known): string {
  return guessedKey(known).padEnd(32, '0').slice(0, 32);
}

function expiryOf({ claims }: BaseToken): bigint {
  return BigInt(Number(claims['expire']));
}

export const token04Forgeries: Record<string, Forgery> = {
  'token04: tag altered': ({ base, random }) =>
    altered(base, ({ sealed }) => flip(sealed, random, sealed.length - tagBytes)),
  'token04: cipher text altered': ({ base, random }) =>
    altered(base, ({ sealed }) => flip(sealed, random, 0, sealed.length - tagBytes)),
  'token04: known clear text exchanged': ({ base }) =>
    // GCM is a stream cipher: without its tag, a known user could be replaced by another one of the same length.
    altered(base, ({ sealed }) => {
      const clear = Buffer.from('{"app_id":701,"user_id":"ann"');
      const wanted = Buffer.from('{"app_id":701,"user_id":"eve"');
      wanted.forEach((byte, index) => {
        sealed[index]! ^= byte ^ clear[index]!;
      });
    }),
  'token04: blocks exchanged': ({ base, random }) =>
    altered(base, ({ sealed }) => {
      const blocks = Math.floor((sealed.length - tagBytes) / blockBytes);
      const first = random.below(blocks - 1) * blockBytes;
      const [one, two] = [first, first + blockBytes].map((at) =>
        Buffer.from(sealed.subarray(at, at + blockBytes)),
      );
      two!.copy(sealed, first);
      one!.copy(sealed, first + blockBytes);
    }),
  'token04: blocks removed': ({ base, random }) =>
    altered(base, (wire) => {
      const cut = 1 + random.below(wire.sealed.length - tagBytes);
      const from = random.below(wire.sealed.length - cut);
      wire.sealed = Buffer.concat([wire.sealed.subarray(0, from), wire.sealed.subarray(from + cut)]);
      wire.sealedBytes = wire.sealed.length;
    }),
  'token04: tag shortened': ({ base, random }) =>
    altered(base, (wire) => {
      const length = random.pick([0, 4, 8, 12, 13, 14, 15]);
      wire.sealed = wire.sealed.subarray(0, wire.sealed.length - tagBytes + length);
      wire.sealedBytes = wire.sealed.length;
    }),
  'token04: only a tag': ({ base }) =>
    altered(base, (wire) => {
      wire.sealed = wire.sealed.subarray(-tagBytes);
      wire.sealedBytes = tagBytes;
    }),
  'token04: nonce altered': ({ base, random }) => altered(base, ({ nonce }) => flip(nonce, random)),
  'token04: nonce, tag or cipher text of another token': ({ base, other, random }) => {
    const source = other.kind === 'token04' ? decodeWire(other.token) : undefined;
    return altered(base, (wire) => {
      const part = random.below(3);
      if (part === 0) {
        wire.nonce = source?.nonce ?? randomBytes(12);
      } else if (part === 1) {
        (source?.sealed ?? randomBytes(64)).copy(wire.sealed, wire.sealed.length - tagBytes);
      } else {
        wire.sealed = source?.sealed ?? randomBytes(64);
        wire.sealedBytes = wire.sealed.length;
      }
    });
  },
  'token04: clear expiry altered': ({ base, random }) =>
    altered(base, (wire) => {
      wire.expire = random.pick([
        0n,
        -1n,
        1n << 40n,
        1n << 62n,
        wire.expire + 1n,
        wire.expire - 1n,
        wire.expire + (1n << 53n),
      ]);
    }),
  'token04: lengths that lie': ({ base, random }) =>
    altered(base, (wire) => {
      const lie = random.pick([0, 1, 11, 13, 15, 16, 24, 0xffff, random.below(0x10000)]);
      if (random.chance(0.5)) {
        wire.nonceBytes = lie === 12 ? 0 : lie;
      } else {
        wire.sealedBytes = lie === wire.sealed.length ? 0 : lie;
      }
    }),
  'token04: nonce of another length': ({ base, random }) =>
    altered(base, (wire) => {
      wire.nonce = randomBytes(random.pick([0, 1, 8, 11, 13, 16, 32]));
      wire.nonceBytes = wire.nonce.length;
    }),
  'token04: other mode': ({ base, random }) =>
    altered(base, (wire) => {
      wire.mode = random.pick([0, 2, 3, 255]);
    }),
  'token04: CBC, sealed with the right secret': ({ base }) =>
    encodeWire(cbcToken04(base.claims, base.secret, expiryOf(base))),
  'token04: CBC with blocks altered': ({ base, random }) => {
    const wire = cbcToken04(base.claims, base.secret, expiryOf(base));
    flip(random.chance(0.5) ? wire.nonce : wire.sealed, random);
    return encodeWire(wire);
  },
  'token04: other secret': (known) =>
    encodeWire(
      token04({ ...known.base.claims, user_id: 'teacher' }, guessedKey32(known), expiryOf(known.base)),
    ),
  'token04: other secret with the same content': (known) =>
    encodeWire(token04(known.base.claims, guessedKey32(known), expiryOf(known.base))),
  'token04: prefix altered': ({ base, random }) =>
    random.pick(['', '4', '03', '05', '004', '4 ', '０４', '04 ', '0x04', 'O4']) + base.token.slice(2),
  'token04: bytes added': ({ base, random }) =>
    `04${Buffer.concat([
      Buffer.from(base.token.slice(2), 'base64'),
      randomBytes(1 + random.below(20)),
    ]).toString('base64')}`,
  'token04: random bytes': ({ random }) => `04${randomBytes(random.below(300)).toString('base64')}`,
  'token04: not encrypted': ({ base }) => `04${Buffer.from(JSON.stringify(base.claims)).toString('base64')}`,
};

const privilege = (payload: unknown) => set({ payload: JSON.stringify(payload) });

/** By the code of the refusal. `expire` of the clear part follows that of the content if it is a number. */
export const token04Faults: Record<string, Fault[]> = {
  'token04, sealed: expiry': [
    ...fault(
      1002078,
      set({ expire: 0 }),
      set({ expire: -1 }),
      set({ expire: 2 ** 40 }),
      set({ expire: 2 ** 39 }),
      (claims, random) => ({ ...claims, expire: Number(claims['ctime']) - random.below(1e6) }),
      (claims, random) => ({ ...claims, expire: Number(claims['expire']) + 7200 + random.below(1e9) }),
      set({ ctime: 0 }),
      set({ ctime: -(2 ** 60) }),
      set({ ctime: 2 ** 40, expire: 2 ** 40 }),
    ),
    ...fault(
      1002075,
      set({ expire: undefined }),
      set({ expire: null }),
      set({ expire: 'never' }),
      set({ expire: 2 ** 41 }),
      (claims) => ({ ...claims, expire: Number(claims['expire']) + 0.5 }),
      addText(/"expire":\d+/, '"expire":1e400'),
      set({ ctime: undefined }),
      set({ ctime: '0' }),
      set({ ctime: null }),
    ),
  ],
  'token04, sealed: app': [
    ...fault(1002076, set({ app_id: otherAppId }), set({ app_id: 0 }), set({ app_id: attackedAppId + 0.5 })),
    ...fault(
      1002075,
      set({ app_id: String(attackedAppId) }),
      set({ app_id: null }),
      set({ app_id: undefined }),
    ),
  ],
  'token04, sealed: user': [
    ...fault(1002077, set({ user_id: 'eve' })),
    ...fault(1002006, set({ user_id: '$system' }), set({ user_id: 'a b' }), set({ user_id: 'é' })),
    ...fault(1002005, set({ user_id: '' }), set({ user_id: undefined }), set({ user_id: 7 })),
    ...fault(1002007, set({ user_id: 'a'.repeat(64) })),
  ],
  'token04, sealed: nonce': fault(
    1002080,
    set({ nonce: '5' }),
    set({ nonce: undefined }),
    set({ nonce: null }),
    set({ nonce: 0.5 }),
    set({ nonce: 2 ** 31 }),
    set({ nonce: [5] }),
  ),
  'token04, sealed: privileges': [
    ...fault(
      1002033,
      privilege({ room_id: 'elsewhere', privilege: { 1: 1, 2: 1 } }),
      privilege({ room_id: 'r', privilege: { 1: 0, 2: 1 } }),
      privilege({ room_id: 'r', privilege: {} }),
    ),
    ...fault(
      1002075,
      set({ payload: ' ' }),
      set({ payload: 'all' }),
      set({ payload: '{}}' }),
      set({ payload: 7 }),
      set({ payload: null }),
      set({ payload: {} }),
      privilege(null),
      privilege([]),
      privilege({ room_id: 'r' }),
      privilege({ room_id: 'r', privilege: { 1: 2 } }),
      privilege({ room_id: 'r', privilege: { 1: true } }),
      privilege({ room_id: 'r', privilege: { 1: '1' } }),
      privilege({ room_id: 'r', privilege: { 1: 1 }, stream_id_list: 's' }),
      set({ payload: '{"room_id":"r","privilege":{"1":1,"1":1}}' }),
      set({ payload: '{"room_id":"elsewhere","room_id":"r","privilege":{"1":1}}' }),
    ),
    ...fault(1002012, privilege({ room_id: '$lobby', privilege: { 1: 1 } })),
    ...fault(1002011, privilege({ room_id: '', privilege: { 1: 1 } }), privilege({ privilege: { 1: 1 } })),
    ...fault(1000016, privilege({ room_id: 'r', privilege: { 1: 1 }, stream_id_list: ['a b'] })),
  ],
  'token04, sealed: fields twice': fault(
    1002075,
    addText(/{/, '{"user_id":"teacher",'),
    addText(/{/, '{"\\u0075ser_id":"teacher",'),
    addText(/{/, '{"payload":"",'),
    (claims) => JSON.stringify(claims).replace(/}$/, `,"user_id":${JSON.stringify(claims['user_id'])}}`),
  ),
  'token04, sealed: no content': [
    ...fault(
      1002074,
      () => '',
      () => 'hello',
      () => '{',
      () => '{"a":1}}',
      () => '\u0000',
    ),
    ...fault(
      1002075,
      () => '[]',
      () => 'null',
      () => '1',
      (claims) => JSON.stringify([claims]),
    ),
  ],
};
