import { type CredentialKind } from '@polyroom/contracts';
import { generateToken04, issueNativeToken, secretIdOf, type TokenRules } from '@polyroom/tokens';
import { type Random } from '../invariants/random.js';
import { type Json } from './forge.js';

/** The user that a client claims to be, and the room that it wants to enter. */
export interface Claimed {
  appId: number;
  userId: string;
  roomId: string;
}

/** A valid token, the login that it is for, and its content. */
export interface BaseToken {
  kind: 'native' | 'token04';
  token: string;
  claimed: Claimed;
  secret: string;
  claims: Json;
}

/** What a client tries, and the codes with which it may be refused. */
export interface Attempt {
  token: string;
  claimed: Claimed;
  codes: readonly number[];
}

export interface TokenWorld {
  rules: ReadonlyMap<number, TokenRules>;
  secrets: ReadonlyMap<number, string>;
  bases: readonly BaseToken[];
}

/** The AppID whose tokens are altered. */
export const attackedAppId = 701;
export const otherAppId = 702;
/** Has the same ServerSecret, as an AppID that was copied. */
export const twinAppId = 703;
/** Have the same ServerSecret, and accept one kind of token each. */
export const nativeOnlyAppId = 704;
export const token04OnlyAppId = 705;

export const appIds = [attackedAppId, otherAppId, twinAppId, nativeOnlyAppId, token04OnlyAppId];
export const clusterLifetimeSeconds = 7200;
export const validSeconds = 3600;

export function kindsOf(appId: number): CredentialKind[] {
  return appId === nativeOnlyAppId
    ? ['native']
    : appId === token04OnlyAppId
      ? ['token04']
      : ['token04', 'native'];
}

const users = ['ann', 'bob', 'teacher', '04', 'a'.repeat(63)];
const rooms = ['class', 'class-1', 'r', 'x'.repeat(127)];

function text(random: Random, length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('');
}

export async function createWorld(random: Random, nowMs: number, bases = 400): Promise<TokenWorld> {
  const shared = text(random, 32);
  const secrets = new Map(appIds.map((appId) => [appId, appId === otherAppId ? text(random, 32) : shared]));
  const rules = new Map(
    appIds.map((appId) => {
      const value = secrets.get(appId)!;
      return [appId, { credentialKinds: kindsOf(appId), secrets: [{ value, secretId: secretIdOf(value) }] }];
    }),
  );
  const all: BaseToken[] = [];
  for (let index = 0; index < bases; index += 1) {
    all.push(await (index % 2 === 0 ? nativeBase : token04Base)(random, shared, nowMs));
  }
  return { rules, secrets, bases: all };
}

async function nativeBase(random: Random, secret: string, nowMs: number): Promise<BaseToken> {
  const claimed = { appId: attackedAppId, userId: random.pick(users), roomId: random.pick(rooms) };
  const { appId, userId, roomId } = claimed;
  const token = await issueNativeToken({
    appId,
    userId,
    secret,
    nowMs,
    effectiveTimeSeconds: validSeconds,
    ...(random.chance(0.7) ? { rooms: [{ roomId, rights: ['login', 'subscribe'] }] } : {}),
    ...(random.chance(0.5) ? { streams: [`${userId.slice(0, 20)}-*`] } : {}),
    ...(random.chance(0.3) ? { maxRooms: 2 } : {}),
  });
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Json;
  return { kind: 'native', token, claimed, secret, claims };
}

function token04Base(random: Random, secret: string, nowMs: number): Promise<BaseToken> {
  const claimed = { appId: attackedAppId, userId: random.pick(users), roomId: random.pick(rooms) };
  const { appId, userId, roomId } = claimed;
  const payload = random.chance(0.7)
    ? JSON.stringify({ room_id: roomId, privilege: { 1: 1, 2: 0 }, stream_id_list: null })
    : '';
  const options = { appId, userId, secret, nowMs, payload, effectiveTimeSeconds: validSeconds };
  const token = generateToken04(options);
  const ctime = Math.floor(nowMs / 1000);
  const claims = { app_id: appId, user_id: userId, nonce: 5, ctime, expire: ctime + validSeconds, payload };
  return Promise.resolve({ kind: 'token04', token, claimed, secret, claims });
}
