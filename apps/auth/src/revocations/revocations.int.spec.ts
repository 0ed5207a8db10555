import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  auditRpc,
  authRpc,
  type PayloadOf,
  type RequestOf,
  tokensRevoked,
} from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database, SecretKeys } from '@polyroom/persistence';
import { type RunningServer, startNats, startPostgres, waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken, token04IdOf } from '@polyroom/tokens';
import { pino } from 'pino';
import { AdminTokens } from '../admin/admin-tokens.js';
import { AuthModule } from '../auth.module.js';
import { inTurns } from '../../test/in-turns.js';
import { Operator } from '../../test/operator.js';

/** Two instances of auth on one PostgreSQL: each must refuse what the other has revoked. */
const logger = pino({ level: 'silent' });
const revokedCode = 1190403;
const maxGrantSeconds = 86_400;

let nats: RunningServer;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
const services: RunningService[] = [];
let client: Bus;
let appId = 5000;
let secret: string;
let events: PayloadOf<typeof tokensRevoked>[] = [];

const adminToken = 'alice-has-a-long-token';
const operator = new Operator(() => client, adminToken);
const ask: Operator['ask'] = async (contract, request) => operator.ask(contract, request);

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  const secretKeys = SecretKeys.parse(SecretKeys.generate());
  for (let count = 0; count < 2; count += 1) {
    const database = await Database.open({ databaseUrl: postgres.url, secretKeys, logger });
    const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
    const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
    services.push(
      await runService({
        name: 'auth',
        module: AuthModule.register({ database, adminTokens, bus, maxGrantSeconds }),
        bus,
        logger,
        httpHost: '127.0.0.1',
        httpPort: 0,
      }),
    );
  }
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
  client.subscribe(tokensRevoked, {}, (event) => void events.push(event));
  await client.flush();
});
afterAll(async () => {
  await client?.close();
  await Promise.all(services.map((service) => service.close()));
  await Promise.all([nats?.close(), postgres?.close()]);
});

async function newApp(): Promise<void> {
  appId += 1;
  events = [];
  const created = await ask(authRpc.createApp, { appId, name: 'test' });
  secret = created.serverSecret;
}

const nativeOf = (userId: string, more: { nowMs?: number; effectiveTimeSeconds?: number } = {}) =>
  issueNativeToken({ appId, userId, secret, effectiveTimeSeconds: 3600, ...more });
const token04Of = (userId: string) => generateToken04({ appId, userId, secret, effectiveTimeSeconds: 3600 });

const jtiOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string }).jti;

type Revoking = Omit<RequestOf<typeof authRpc.revokeTokens>, 'appId'>;
const revoke = (what: Revoking) => ask(authRpc.revokeTokens, { appId, ...what });

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );

/** The codes of enough logins to reach both instances. */
async function codesOf(userId: string, token: string): Promise<number[]> {
  const login = () => codeOf(client.request(authRpc.authenticate, { appId, userId, roomId: 'r', token }));
  return [...new Set(await inTurns(16, login))];
}

/** Each instance has read the AppID's credentials, and will answer from its cache. */
async function whenAccepted(userId: string, token: string): Promise<void> {
  expect(await codesOf(userId, token)).toEqual([0]);
}

async function whenRefused(userId: string, token: string): Promise<void> {
  await waitFor(async () => (await codesOf(userId, token)).join() === String(revokedCode), {
    describe: 'the refusal',
  });
}

describe('a revoked token', () => {
  test.each([
    ['native, by its ID', nativeOf, (token: string) => ({ tokenId: jtiOf(token) })],
    ['native, by its ID for a user', nativeOf, (token: string) => ({ tokenId: jtiOf(token), userId: 'ann' })],
    ['native, by itself', nativeOf, (token: string) => ({ token })],
    ['token04, by its hash', token04Of, (token: string) => ({ tokenId: token04IdOf(token) })],
    ['token04, by itself', token04Of, (token: string) => ({ token })],
  ])('is refused by every instance, and no other token is: %s', async (_kind, issue, nameOf) => {
    await newApp();
    const [token, other] = [await issue('ann'), await issue('ann')];
    await whenAccepted('ann', token);
    const { revocation, expiresAtMs } = await revoke(nameOf(token));
    await whenRefused('ann', token);
    await whenAccepted('ann', other);
    expect(expiresAtMs).toBeLessThanOrEqual(Date.now() + (maxGrantSeconds + 10) * 1000);
    expect(events).toEqual([{ appId, version: 1, revocation }]);
    const { revoked } = await client.request(authRpc.findRevoked, {
      appId,
      tokens: [
        { userId: 'ann', issuedAtMs: Date.now(), tokenId: 'other' },
        { userId: 'ann', issuedAtMs: Date.now(), tokenId: revocation.tokenId! },
      ],
    });
    expect(revoked).toEqual([1]);
  });

  test('is revoked until it expires itself', async () => {
    await newApp();
    const nowMs = Math.floor(Date.now() / 1000) * 1000;
    const { expiresAtMs } = await revoke({
      token: await nativeOf('ann', { nowMs, effectiveTimeSeconds: 600 }),
    });
    expect(expiresAtMs).toBe(nowMs + 600_000);
  });

  test('of a forged token is not revoked, and its text is not in the audit', async () => {
    await newApp();
    const token = await nativeOf('ann');
    expect(await codeOf(revoke({ token: `${token.slice(0, -4)}AAAA` }))).toBe(1002033);
    await revoke({ token });
    const { entries } = await ask(auditRpc.listAudit, { appId });
    expect(entries[0]).toMatchObject({
      actor: 'alice',
      action: 'tokens.revoke',
      subject: 'user:ann',
      after: { userId: 'ann', tokenId: jtiOf(token) },
    });
    expect(JSON.stringify(entries)).not.toContain(token);
  });
});

describe('the tokens of a user', () => {
  test('are refused if they were issued by now, those of other users and later ones are not', async () => {
    await newApp();
    const [native, zego, bob] = [await nativeOf('ann'), token04Of('ann'), await nativeOf('bob')];
    await whenAccepted('ann', native);
    await revoke({ userId: 'ann' });
    await whenRefused('ann', native);
    await whenRefused('ann', zego);
    await whenAccepted('bob', bob);
    await waitFor(async () => (await codesOf('ann', await nativeOf('ann'))).join() === '0', {
      describe: 'a token of the next second',
    });
    await whenRefused('ann', native);
  });

  test('are refused if they were issued before a time, and the later of two times counts', async () => {
    await newApp();
    const nowMs = Date.now();
    const [old, recent] = await Promise.all([
      nativeOf('ann', { nowMs: nowMs - 600_000 }),
      nativeOf('ann', { nowMs: nowMs - 60_000 }),
    ]);
    const issuedBefore = Math.floor(nowMs / 1000) - 300;
    await revoke({ userId: 'ann', issuedBefore });
    await revoke({ userId: 'ann', issuedBefore: issuedBefore - 600 });
    await whenRefused('ann', old);
    await whenAccepted('ann', recent);
  });
});

describe('the tokens of an AppID', () => {
  test('are refused if they were issued before a time', async () => {
    await newApp();
    const nowMs = Date.now();
    const old = await nativeOf('ann', { nowMs: nowMs - 600_000 });
    const recent = await nativeOf('bob', { nowMs: nowMs - 60_000 });
    await revoke({ issuedBefore: Math.floor(nowMs / 1000) - 300 });
    await whenRefused('ann', old);
    await whenAccepted('bob', recent);
  });

  test('are refused if they state no issue time', async () => {
    await newApp();
    const seconds = Math.floor(Date.now() / 1000);
    const dated = await nativeOf('ann');
    const claims = { app: appId, user: 'ann', exp: seconds + 600, jti: 'undated' };
    const text = `${dated.split('.')[0]}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    await whenAccepted('ann', token);
    await revoke({ issuedBefore: seconds - 300 });
    await whenRefused('ann', token);
    await whenAccepted('ann', dated);
  });
});

describe('a revocation', () => {
  test.each([
    {},
    { token: 'x', userId: 'ann' },
    { token: 'x', tokenId: 'y' },
    { tokenId: 'x', issuedBefore: 1 },
    { issuedBefore: Math.floor(Date.now() / 1000) + 3600 },
    { userId: 'ann', tokenId: '' },
  ])('is refused with %j', async (what) => {
    await newApp();
    expect(await codeOf(revoke(what))).not.toBe(0);
    expect((await client.request(authRpc.findRevoked, { appId, tokens: [] })).version).toBe(0);
  });

  test('is refused for an unknown AppID', async () => {
    const request = { appId: 4_000_000_000, userId: 'ann' };
    expect(await codeOf(ask(authRpc.revokeTokens, request))).toBe(1190102);
  });
});
