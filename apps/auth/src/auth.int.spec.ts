import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { runService, type RunningService } from '@polyroom/nest-service';
import {
  AppError,
  auditRpc,
  authRpc,
  type CredentialKind,
  entitlementsChanged,
  newId,
  type PayloadOf,
  type Permission,
  type RequestOf,
} from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken, StatementSigner } from '@polyroom/tokens';
import { AdminTokens } from './admin/admin-tokens.js';
import { AuthModule } from './auth.module.js';
import { CapturedLog } from '../test/captured-log.js';
import { Operator } from '../test/operator.js';

const adminToken = 'alice-has-a-long-token';
const { lines: logged, logger } = new CapturedLog('trace');

let nats: RunningServer;
let service: RunningService;
let database: Database;
let client: Bus;
let lastAppId = 1000;
const changes: PayloadOf<typeof entitlementsChanged>[] = [];
const secrets: string[] = [];

beforeAll(async () => {
  nats = await startNats();
  database = await Database.open({ pgliteDir: 'memory://', logger });
  const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
  const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
  service = await runService({
    name: 'auth',
    module: AuthModule.register({ database, adminTokens, bus, maxGrantSeconds: 86_400 }),
    bus,
    logger,
    httpHost: '127.0.0.1',
    httpPort: 0,
  });
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
  client.subscribe(entitlementsChanged, {}, (change) => {
    changes.push(change);
  });
  await client.flush();
});
afterAll(async () => {
  await client.close();
  await service.close();
  await nats.close();
});

const operator = new Operator(() => client, adminToken);
const ask: Operator['ask'] = async (contract, request) => operator.ask(contract, request);

/** An AppID that accepts AppSigns too, unless other kinds are given. */
async function newApp(credentialKinds: CredentialKind[] = ['appSign', 'token04', 'native']) {
  lastAppId += 1;
  const created = await ask(authRpc.createApp, { appId: lastAppId, name: 'test', credentialKinds });
  secrets.push(created.appSign, created.serverSecret);
  return { appId: lastAppId, appSign: created.appSign, serverSecret: created.serverSecret };
}

async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => 0,
    (error: unknown) => {
      if (error instanceof AppError) {
        return error.code;
      }
      throw error;
    },
  );
}

const who = { userId: 'ann', roomId: 'r1' };

describe('entitlements', () => {
  it('multiRoom is off by default; enabling it applies at once, is published and audited', async () => {
    const { appId } = await newApp();
    const before = await client.request(authRpc.getEntitlements, { appId });
    expect([before.entitlements.multiRoom, before.version]).toEqual([false, 0]);

    const change = { appId, name: 'multiRoom', value: true };
    expect(await ask(authRpc.setEntitlement, change)).toEqual({
      entitlement: { name: 'multiRoom', value: true, overridden: true },
      version: 1,
    });

    const after = await client.request(authRpc.getEntitlements, { appId });
    expect([after.entitlements.multiRoom, after.version]).toEqual([true, 1]);
    await waitFor(() => changes.some((event) => event.appId === appId && event.version === 1), {
      timeoutMs: 2000,
      describe: 'the event',
    });
    const { entries } = await ask(auditRpc.listAudit, { appId });
    expect(entries[0]).toMatchObject({
      actor: 'alice',
      action: 'entitlement.set',
      subject: 'multiRoom',
      before: false,
      after: true,
    });
    expect(entries.at(-1)).toMatchObject({ action: 'app.create', before: null });
  });

  it('are listed with their overrides, and null restores the default', async () => {
    const { appId } = await newApp();
    const change = { appId, name: 'maxRoomsPerUser' };
    const rowOf = async () =>
      (await ask(authRpc.listEntitlements, { appId })).entitlements.find(
        (row) => row.name === 'maxRoomsPerUser',
      );
    expect(await rowOf()).toEqual({ name: 'maxRoomsPerUser', value: 5, overridden: false });
    await ask(authRpc.setEntitlement, { ...change, value: 8 });
    expect(await rowOf()).toEqual({ name: 'maxRoomsPerUser', value: 8, overridden: true });
    expect(await ask(authRpc.setEntitlement, { ...change, value: null })).toEqual({
      entitlement: { name: 'maxRoomsPerUser', value: 5, overridden: false },
      version: 2,
    });
    expect(await rowOf()).toEqual({ name: 'maxRoomsPerUser', value: 5, overridden: false });
  });

  it('of a user count before those of the AppID, and only while their terms hold', async () => {
    const { appId } = await newApp();
    const inForce = async (): Promise<unknown> => {
      const { entitlements, users } = await client.request(authRpc.getEntitlements, { appId });
      return [entitlements.maxPlays, users];
    };
    const ofUser = { appId, userId: 'ann', name: 'maxPlays' };
    expect(await inForce()).toEqual([12, undefined]);
    await ask(authRpc.setEntitlement, { appId, name: 'maxPlays', value: 20 });
    const untilMs = Date.now() + 1500;
    expect(await ask(authRpc.setUserEntitlement, { ...ofUser, value: 30, untilMs, note: 'a trial' })).toEqual(
      {
        entitlement: {
          name: 'maxPlays',
          value: 30,
          overridden: true,
          stored: { value: 30, untilMs, note: 'a trial' },
        },
        version: 2,
      },
    );
    expect(await inForce()).toEqual([20, [{ userId: 'ann', values: { maxPlays: 30 } }]]);
    const rowOf = async (userId: string) =>
      (await ask(authRpc.listUserEntitlements, { appId, userId })).entitlements.find(
        ({ name }) => name === 'maxPlays',
      );
    expect(await rowOf('bob')).toEqual({ name: 'maxPlays', value: 20, overridden: false });
    await waitFor(async () => JSON.stringify(await inForce()) === '[20,null]', {
      describe: 'the value to lapse',
    });
    expect(Date.now()).toBeGreaterThanOrEqual(untilMs);
    expect(await rowOf('ann')).toMatchObject({ value: 20, overridden: false, stored: { value: 30 } });
    // Not yet in force.
    const fromMs = Date.now() + 60_000;
    await ask(authRpc.setUserEntitlement, { ...ofUser, value: 40, fromMs });
    expect(await inForce()).toEqual([20, undefined]);
    await ask(authRpc.setUserEntitlement, { ...ofUser, value: null });
    expect(await rowOf('ann')).toEqual({ name: 'maxPlays', value: 20, overridden: false });
  });

  it('refuse a change of an outdated version without a trace', async () => {
    const { appId } = await newApp();
    const change = { appId, name: 'maxRoomsPerUser', ifVersion: 0 };
    expect((await ask(authRpc.setEntitlement, { ...change, value: 7 })).version).toBe(1);
    expect(await codeOf(ask(authRpc.setEntitlement, { ...change, value: 8 }))).toBe(1190112);
    const { entitlements, version } = await client.request(authRpc.getEntitlements, { appId });
    expect([entitlements.maxRoomsPerUser, version]).toEqual([7, 1]);
  });

  it('refuse a name that is not for users, and terms that never hold', async () => {
    const { appId } = await newApp();
    const set = (change: object) =>
      ask(authRpc.setUserEntitlement, { appId, userId: 'ann', name: 'maxPlays', value: 20, ...change });
    expect(await codeOf(set({ name: 'maxRooms' }))).toBe(1190105);
    expect(await codeOf(set({ name: 'teleport' }))).toBe(1190104);
    expect(await codeOf(set({ value: 51 }))).toBe(1190105);
    expect(await codeOf(set({ appId: 9 }))).toBe(1190102);
    await expect(set({ untilMs: Date.now() - 1 })).rejects.toMatchObject({ details: { path: 'untilMs' } });
    const fromMs = Date.now() + 60_000;
    await expect(set({ fromMs, untilMs: fromMs })).rejects.toMatchObject({ details: { path: 'untilMs' } });
    await expect(set({ value: null, note: 'x' })).rejects.toMatchObject({ details: { path: 'value' } });
    expect((await client.request(authRpc.getEntitlements, { appId })).version).toBe(0);
  });

  it('warn of maxRooms and maxRoomsPerUser that look like the other one', async () => {
    const { appId } = await newApp();
    const set = (name: string, value: number | null) => ask(authRpc.setEntitlement, { appId, name, value });
    expect((await set('maxRooms', 3)).warnings).toEqual([
      expect.stringContaining('is below maxRoomsPerUser (5)'),
      expect.stringContaining('The rooms of one user are limited by maxRoomsPerUser (5).'),
    ]);
    expect((await set('maxRoomsPerUser', 3)).warnings).toBeUndefined();
    expect((await set('maxRooms', null)).warnings).toBeUndefined();
  });

  it('refuse unknown names, invalid values and unknown AppIDs without a change', async () => {
    const { appId } = await newApp();
    const set = (appId: number, name: string, value: boolean | number | string | null) =>
      codeOf(ask(authRpc.setEntitlement, { appId, name, value }));
    expect(await set(appId, 'teleport', true)).toBe(1190104);
    expect(await set(appId, 'teleport', null)).toBe(1190104);
    expect(await set(appId, 'maxRoomsPerUser', 0)).toBe(1190105);
    expect(await set(appId, 'multiRoom', 'yes')).toBe(1190105);
    expect(await set(9, 'multiRoom', true)).toBe(1190102);
    expect(await codeOf(ask(authRpc.listEntitlements, { appId: 9 }))).toBe(1190102);
    expect(await codeOf(ask(auditRpc.listAudit, { appId: 9 }))).toBe(1190102);
    expect(await codeOf(client.request(authRpc.getEntitlements, { appId: 9 }))).toBe(1001004);
    expect((await client.request(authRpc.getEntitlements, { appId })).version).toBe(0);
    expect((await ask(auditRpc.listAudit, { appId })).entries).toHaveLength(1);
  });
});

describe('authenticate', () => {
  it('accepts an AppSign for everything, and refuses a wrong one with 1001005 and a missing one with 1002067', async () => {
    const { appId, appSign } = await newApp();
    expect(await client.request(authRpc.authenticate, { appId, ...who, appSign })).toEqual({ grants: {} });
    const wrong = appSign.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await codeOf(client.request(authRpc.authenticate, { appId, ...who, appSign: wrong }))).toBe(
      1001005,
    );
    expect(await codeOf(client.request(authRpc.authenticate, { appId, ...who }))).toBe(1002067);
    expect(
      await codeOf(client.request(authRpc.authenticate, { appId, ...who, token: '', appSign: '' })),
    ).toBe(1002067);
  });

  it('refuses an unknown AppID', async () => {
    expect(await codeOf(client.request(authRpc.authenticate, { appId: 9, ...who, appSign: 'x' }))).toBe(
      1001004,
    );
  });

  it('accepts a token04 for its own user only, and prefers it to a valid AppSign', async () => {
    const { appId, appSign, serverSecret } = await newApp();
    const token = generateToken04({ appId, userId: 'ann', secret: serverSecret, effectiveTimeSeconds: 60 });
    const { grants } = await client.request(authRpc.authenticate, { appId, ...who, token });
    expect(grants.rooms).toBeUndefined();
    expect(grants.expiresAtMs).toBeGreaterThan(Date.now());
    expect(await codeOf(client.request(authRpc.authenticate, { appId, ...who, userId: 'bob', token }))).toBe(
      1002077,
    );
    expect(await codeOf(client.request(authRpc.authenticate, { appId, ...who, token: 'bad', appSign }))).toBe(
      1002033,
    );
  });

  it('refuses a token of another AppID', async () => {
    const [mine, other] = [await newApp(), await newApp()];
    const token = generateToken04({
      appId: mine.appId,
      userId: 'ann',
      secret: other.serverSecret,
      effectiveTimeSeconds: 60,
    });
    expect(await codeOf(client.request(authRpc.authenticate, { appId: mine.appId, ...who, token }))).toBe(
      1002033,
    );
  });

  it('accepts a native token for the rooms that it grants only', async () => {
    const { appId, serverSecret } = await newApp();
    const rooms = [
      { roomId: 'r1', rights: ['login' as const, 'subscribe' as const] },
      { roomId: 'r2', rights: ['login' as const] },
      { roomId: 'r3', rights: ['publish' as const] },
    ];
    const token = await issueNativeToken({
      appId,
      userId: 'ann',
      secret: serverSecret,
      effectiveTimeSeconds: 60,
      rooms,
      maxRooms: 2,
    });
    const login = (roomId: string) =>
      client.request(authRpc.authenticate, { appId, userId: 'ann', roomId, token });
    expect((await login('r1')).grants).toMatchObject({ rooms, maxRooms: 2 });
    expect((await login('r2')).grants.rooms).toHaveLength(3);
    expect(await codeOf(login('r3'))).toBe(1002033);
    expect(await codeOf(login('r4'))).toBe(1002033);
  });

  it('refuses a token that is valid for longer than the cluster allows', async () => {
    const { appId, serverSecret } = await newApp();
    const options = { appId, userId: 'ann', secret: serverSecret, effectiveTimeSeconds: 2 * 86_400 };
    for (const token of [generateToken04(options), await issueNativeToken(options)]) {
      await expect(client.request(authRpc.authenticate, { appId, ...who, token })).rejects.toMatchObject({
        code: 1002078,
        details: { maxLifetimeSeconds: 86_400 },
      });
    }
  });

  it('refuses every credential at once while the AppID is disabled', async () => {
    const { appId, appSign } = await newApp();
    const login = () => client.request(authRpc.authenticate, { appId, ...who, appSign });
    await login();
    await ask(authRpc.setAppEnabled, { appId, enabled: false });
    await waitFor(async () => (await codeOf(login())) === 1000037, {
      timeoutMs: 500,
      describe: 'the switch',
    });
    expect(await codeOf(client.request(authRpc.getEntitlements, { appId }))).toBe(1000037);
    await ask(authRpc.setAppEnabled, { appId, enabled: true });
    await waitFor(async () => (await codeOf(login())) === 0, {
      timeoutMs: 500,
      describe: 'the AppID to be enabled again',
    });
  });
});

describe('accepted credentials', () => {
  const token04 = (app: { appId: number; serverSecret: string }, effectiveTimeSeconds = 60) =>
    generateToken04({ appId: app.appId, userId: 'teacher', secret: app.serverSecret, effectiveTimeSeconds });
  const native = (app: { appId: number; serverSecret: string }, effectiveTimeSeconds = 60) =>
    issueNativeToken({ appId: app.appId, userId: 'teacher', secret: app.serverSecret, effectiveTimeSeconds });
  const login = (appId: number, credential: { appSign?: string; token?: string }) =>
    client.request(authRpc.authenticate, { appId, userId: 'teacher', roomId: 'r1', ...credential });

  it('a new AppID accepts tokens only: its AppSign cannot log in as any user', async () => {
    lastAppId += 1;
    const appId = lastAppId;
    const app = await ask(authRpc.createApp, { appId, name: 'new' });
    secrets.push(app.appSign, app.serverSecret);
    expect(app.app.credentialKinds).toEqual(['token04', 'native']);
    await expect(login(appId, { appSign: app.appSign })).rejects.toMatchObject({
      code: 1001005,
      message: 'The AppID does not accept an AppSign: log in with a token04 or a native token.',
      details: { path: 'appSign', accepted: ['token04', 'native'] },
    });
    const own = { appId, serverSecret: app.serverSecret };
    expect(await codeOf(login(appId, { token: token04(own) }))).toBe(0);
    expect(await codeOf(login(appId, { token: await native(own) }))).toBe(0);
    // An AppSign beside an invalid token does not help either.
    expect(await codeOf(login(appId, { token: 'bad', appSign: app.appSign }))).toBe(1002033);
  });

  it('refuses a token of another kind with 1002079, for logins and for the user of a token', async () => {
    const app = await newApp(['native']);
    const token = token04(app);
    await expect(login(app.appId, { token })).rejects.toMatchObject({
      code: 1002079,
      message: 'The AppID does not accept a token04: log in with a native token.',
    });
    expect(await codeOf(client.request(authRpc.identifyUser, { appId: app.appId, token }))).toBe(1002079);
    expect(await codeOf(login(app.appId, { token: await native(app) }))).toBe(0);
    const other = await newApp(['token04']);
    expect(await codeOf(login(other.appId, { token: await native(other) }))).toBe(1002079);
    expect(await codeOf(login(other.appId, { token: token04(other) }))).toBe(0);
  });

  it('change within 2 s, with an audit row and an event', async () => {
    const { appId, appSign } = await newApp(['appSign', 'native']);
    expect(await codeOf(login(appId, { appSign }))).toBe(0);
    const policy = { credentialKinds: ['native' as const], maxTokenSeconds: 600 };
    const { app } = await ask(authRpc.setAppCredentials, { appId, ...policy });
    expect(app).toMatchObject(policy);
    await waitFor(async () => (await codeOf(login(appId, { appSign }))) === 1001005, {
      timeoutMs: 2000,
      describe: 'the AppSign to be refused',
    });
    await waitFor(() => changes.some((event) => event.appId === appId && event.version === 1), {
      timeoutMs: 2000,
      describe: 'the event',
    });
    const { entries } = await ask(auditRpc.listAudit, { appId });
    expect(entries[0]).toMatchObject({
      actor: 'alice',
      action: 'app.setCredentials',
      before: { credentialKinds: ['appSign', 'native'], maxTokenSeconds: null },
      after: policy,
    });
  });

  it('limit how long a token of the AppID may be valid', async () => {
    const app = await newApp();
    const { appId } = app;
    const credentialKinds: CredentialKind[] = ['native', 'token04'];
    const set = { appId, credentialKinds, maxTokenSeconds: 120 };
    await ask(authRpc.setAppCredentials, set);
    const tooLong = [token04(app, 600), await native(app, 600)];
    await waitFor(async () => (await codeOf(login(appId, { token: tooLong[0]! }))) === 1002078, {
      timeoutMs: 2000,
      describe: 'the limit',
    });
    for (const token of tooLong) {
      await expect(login(appId, { token })).rejects.toMatchObject({
        code: 1002078,
        details: { maxLifetimeSeconds: 120 },
      });
    }
    expect(await codeOf(login(appId, { token: await native(app, 120) }))).toBe(0);
    // Above the limit of the cluster, that one holds.
    await ask(authRpc.setAppCredentials, { ...set, maxTokenSeconds: 30 * 86_400 });
    await waitFor(async () => (await codeOf(login(appId, { token: tooLong[0]! }))) === 0, {
      timeoutMs: 2000,
      describe: 'the higher limit',
    });
    expect(await codeOf(login(appId, { token: await native(app, 2 * 86_400) }))).toBe(1002078);
  });

  it('are refused without a kind, with an unknown one, and for an unknown AppID', async () => {
    const { appId } = await newApp();
    const set = (appId: number, credentialKinds: string[], maxTokenSeconds: number | null = null) =>
      codeOf(
        ask(authRpc.setAppCredentials, {
          appId,
          credentialKinds: credentialKinds as CredentialKind[],
          maxTokenSeconds,
        }),
      );
    expect(await set(appId, [])).toBe(1000017);
    expect(await set(appId, ['password'])).toBe(1000017);
    expect(await set(appId, ['native'], 59)).toBe(1000017);
    expect(await set(9, ['native'])).toBe(1190102);
  });
});

describe('apps', () => {
  it('are created once, listed without secrets, and can be imported with their own secrets', async () => {
    const { appId } = await newApp();
    expect(await codeOf(ask(authRpc.createApp, { appId, name: 'again' }))).toBe(1190103);
    const moved = { appId: 0xffffffff, appSign: 'ab'.repeat(32), serverSecret: 'cd'.repeat(16) };
    secrets.push(moved.appSign, moved.serverSecret);
    const created = await ask(authRpc.createApp, { name: 'moved', ...moved });
    expect(created).toMatchObject({ appSign: moved.appSign, serverSecret: moved.serverSecret });
    const { apps } = await ask(authRpc.listApps, {});
    expect(apps.find((app) => app.appId === moved.appId)).toEqual(created.app);
    expect(Object.keys(apps[0] ?? {}).sort()).toEqual([
      'appId',
      'createdAtMs',
      'credentialKinds',
      'enabled',
      'maxTokenSeconds',
      'name',
    ]);
  });
});

describe('authority', () => {
  const authorize = (credential: string) =>
    client.request(authRpc.authorize, { credential, permission: 'entitlements:write', appId: 1001 });

  it('of an operator is stated for a valid token only', async () => {
    expect(await authorize(adminToken)).toMatchObject({ actor: 'alice' });
    expect(await codeOf(authorize(`${adminToken}x`))).toBe(1190101);
    expect(await codeOf(authorize(''))).toBe(1190101);
  });

  it('is required by every privileged request: a forged one changes nothing', async () => {
    const { appId } = await newApp();
    const change = { appId, name: 'multiRoom', value: true };
    const set = (statement?: string) =>
      codeOf(
        client.request(authRpc.setEntitlement, change, { ...(statement === undefined ? {} : { statement }) }),
      );
    const state = async (permission: Permission, ofAppId?: number) =>
      (
        await client.request(authRpc.authorize, {
          ...{ credential: adminToken, permission },
          ...(ofAppId === undefined ? {} : { appId: ofAppId }),
        })
      ).statement;
    const other = await StatementSigner.create();
    const claims = { actor: 'alice', kind: 'operator', permission: 'entitlements:write', appId } as const;
    expect(await set()).toBe(1190126);
    expect(await set('alice')).toBe(1190126);
    expect(await set(await other.sign(claims))).toBe(1190126);
    expect(await set(await state('entitlements:read', appId))).toBe(1190126);
    expect(await set(await state('entitlements:write', appId + 1))).toBe(1190126);
    expect(await set(await state('entitlements:write'))).toBe(1190126);
    const { entitlements, version } = await client.request(authRpc.getEntitlements, { appId });
    expect([entitlements.multiRoom, version]).toEqual([false, 0]);
    expect(await set(await state('entitlements:write', appId))).toBe(0);
  });
});

describe('an API key', () => {
  const create = async (appId: number, more: object = {}) => {
    const request = { appId, name: 'backend', permissions: ['users:kick' as const], ...more };
    const created = await ask(authRpc.createApiKey, request);
    secrets.push(created.key, created.key.slice(-64));
    return created;
  };
  const authorize = (credential: string, appId: number | undefined, permission: Permission = 'users:kick') =>
    client.request(authRpc.authorize, { credential, permission, ...(appId === undefined ? {} : { appId }) });
  const refusalOf = async (key: string, appId: number) => {
    const error = await authorize(key, appId).catch((thrown: unknown) => thrown as AppError);
    return error instanceof AppError
      ? { code: error.code, text: error.message, status: error.category }
      : error;
  };

  it('allows its permissions in its AppID, under its ID', async () => {
    const { appId } = await newApp();
    const { apiKey, key } = await create(appId);
    expect(key).toMatch(new RegExp(`^${apiKey.keyId}_[0-9a-f]{64}$`));
    expect(await authorize(key, appId)).toMatchObject({ actor: apiKey.keyId });
    expect(await codeOf(authorize(key, appId, 'rooms:write'))).toBe(1190123);
    expect(await codeOf(authorize(key, appId + 1))).toBe(1190122);
    expect(await codeOf(authorize(key, undefined, 'apps:read'))).toBe(1190122);
  });

  it('cannot have the permissions of operators', async () => {
    const { appId } = await newApp();
    for (const permission of [
      'apiKeys:write',
      'entitlements:write',
      'apps:write',
      'apps:create',
    ] as never[]) {
      expect(await codeOf(create(appId, { permissions: [permission] }))).toBe(1000017);
    }
  });

  it('is refused with one text if it is unknown, wrong, expired or revoked', async () => {
    const { appId } = await newApp();
    const [valid, expired, revoked] = await Promise.all([create(appId), create(appId), create(appId)]);
    await ask(authRpc.setApiKeyExpiry, { appId, keyId: expired.apiKey.keyId, expiresInMs: 0 });
    await ask(authRpc.revokeApiKey, { appId, keyId: revoked.apiKey.keyId });
    const refusals = await Promise.all(
      [
        `pr_live_${'0'.repeat(16)}_${'0'.repeat(64)}`,
        `${valid.apiKey.keyId}_${'0'.repeat(64)}`,
        'pr_live_',
        expired.key,
        revoked.key,
      ].map((key) => refusalOf(key, appId)),
    );
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    expect(refusals[0]).toMatchObject({ code: 1190121, status: 'unauthenticated' });
    expect(await codeOf(authorize(valid.key, appId))).toBe(0);
  });

  it('is refused with 1000037 while its AppID is disabled', async () => {
    const { appId } = await newApp();
    const { key } = await create(appId);
    await ask(authRpc.setAppEnabled, { appId, enabled: false });
    expect(await codeOf(authorize(key, appId))).toBe(1000037);
    await ask(authRpc.setAppEnabled, { appId, enabled: true });
    expect(await codeOf(authorize(key, appId))).toBe(0);
  });

  it('is listed with its last use and without its secret, and its changes are audited', async () => {
    const { appId } = await newApp();
    const { apiKey, key } = await create(appId);
    const list = async () => (await ask(authRpc.listApiKeys, { appId })).apiKeys;
    expect(await list()).toEqual([apiKey]);
    await authorize(key, appId);
    await waitFor(async () => (await list())[0]?.lastUsedAtMs !== undefined, {
      timeoutMs: 2000,
      describe: 'the last use',
    });
    await ask(authRpc.setApiKeyExpiry, { appId, keyId: apiKey.keyId, expiresInMs: 60_000 });
    await ask(authRpc.revokeApiKey, { appId, keyId: apiKey.keyId });
    await ask(authRpc.revokeApiKey, { appId, keyId: apiKey.keyId });
    expect((await list())[0]!.revokedAtMs).toBeDefined();
    const { entries } = await ask(auditRpc.listAudit, { appId });
    expect(entries.map(({ action, subject, actor }) => [action, subject, actor]).slice(0, 3)).toEqual([
      ['apiKey.revoke', apiKey.keyId, 'alice'],
      ['apiKey.expire', apiKey.keyId, 'alice'],
      ['apiKey.create', apiKey.keyId, 'alice'],
    ]);
    expect(JSON.stringify([await list(), entries])).not.toContain(key.slice(-64));
  });

  it('belongs to its AppID: another one can neither change nor create it', async () => {
    const { appId } = await newApp();
    const other = await newApp();
    const { apiKey, key } = await create(appId);
    const { keyId } = apiKey;
    expect(await codeOf(ask(authRpc.revokeApiKey, { appId: other.appId, keyId }))).toBe(1190124);
    const expiry = { appId: other.appId, keyId, expiresInMs: 0 };
    expect(await codeOf(ask(authRpc.setApiKeyExpiry, expiry))).toBe(1190124);
    expect(await codeOf(create(9))).toBe(1190102);
    expect(await codeOf(authorize(key, appId))).toBe(0);
  });
});

describe('failed sign-ins', () => {
  const signInsOf = async (address: string) =>
    (await ask(auditRpc.listAllAudit, { action: 'admin.signIn', limit: 1000 })).entries.filter(
      (entry) => entry.address === address,
    );
  const fail = (clientAddress: string, request: Partial<RequestOf<typeof authRpc.authorize>> = {}) =>
    codeOf(
      client.request(authRpc.authorize, {
        ...{ credential: 'guessed', permission: 'apps:read', clientAddress },
        ...request,
      }),
    );

  it('are in the audit with their address and request, before they are answered', async () => {
    expect(await fail('192.0.2.1', { requestId: 'rq_1' })).toBe(1190101);
    expect(await signInsOf('192.0.2.1')).toMatchObject([
      {
        ...{ appId: 0, actor: 'unknown', requestId: 'rq_1', outcome: 'refused' },
        after: { failures: 1, reason: 'the credential is unknown' },
        seq: expect.any(Number),
      },
    ]);
  });

  it('of a valid API key belong to its AppID and name the key and the reason', async () => {
    const { appId } = await newApp();
    const other = await newApp();
    const { apiKey, key } = await ask(authRpc.createApiKey, {
      appId,
      name: 'server',
      permissions: ['rooms:read'],
    });
    const { keyId } = apiKey;
    const asKey = { credential: key, permission: 'rooms:read' as const, appId };
    expect(await fail('192.0.2.3', asKey)).toBe(0);
    expect(await fail('192.0.2.3', { ...asKey, permission: 'users:kick' })).toBe(1190123);
    expect(await fail('192.0.2.3', { ...asKey, appId: other.appId })).toBe(1190122);
    expect(
      await fail('192.0.2.3', { ...asKey, credential: `${key.slice(0, -1)}${key.endsWith('0') ? 1 : 0}` }),
    ).toBe(1190121);
    await ask(authRpc.setApiKeyExpiry, { appId, keyId, expiresInMs: 0 });
    expect(await fail('192.0.2.3', asKey)).toBe(1190121);
    await ask(authRpc.revokeApiKey, { appId, keyId });
    expect(await fail('192.0.2.3', asKey)).toBe(1190121);
    const rows = (await signInsOf('192.0.2.3')).map((row) => [row.appId, row.actor, row.after]);
    const because = (reason: string) => ({ failures: 1, reason: `API key: ${reason}` });
    expect(rows.reverse()).toEqual([
      [appId, keyId, because('it lacks the permission users:kick')],
      [appId, keyId, because('it belongs to another AppID')],
      [0, 'unknown', because('its secret is wrong')],
      [appId, keyId, because('it has expired')],
      [appId, keyId, because('it is revoked')],
    ]);
  });

  it('leave a bounded number of rows, whatever their number and addresses', async () => {
    await Promise.all(Array.from({ length: 50 }, () => fail('192.0.2.2')));
    expect(await signInsOf('192.0.2.2')).toHaveLength(1);
    // Of one network.
    await Promise.all(Array.from({ length: 50 }, (_, index) => fail(`2001:db8::${index.toString(16)}`)));
    const network = (await ask(auditRpc.listAllAudit, { action: 'admin.signIn', limit: 1000 })).entries;
    expect(network.filter(({ address }) => address?.startsWith('2001:db8:'))).toHaveLength(1);
    await Promise.all(Array.from({ length: 300 }, (_, index) => fail(`2001:db8:${index.toString(16)}::1`)));
    const { entries } = await ask(auditRpc.listAllAudit, { action: 'admin.signIn', limit: 1000 });
    expect(entries.length).toBeLessThanOrEqual(110);
    expect(await signInsOf('other addresses')).toHaveLength(1);
  });
});

describe('acts of other services', () => {
  const statementFor = async (permission: Permission, appId: number, credential = adminToken) =>
    (await client.request(authRpc.authorize, { credential, permission, appId })).statement;
  const kickOf = (appId: number, statement: string) => ({
    ...{ reportId: newId('report'), atMs: Date.now(), statement },
    ...{ address: '192.0.2.9', requestId: 'rq_9' },
    ...{ action: 'user.kick' as const, appId, subject: 'user:ada' },
    ...{ after: { roomIds: ['r1'] }, outcome: 'done' as const },
  });

  it('are stored once, listed by a filter, and in the chain of their AppID', async () => {
    const { appId } = await newApp();
    const act = kickOf(appId, await statementFor('users:kick', appId));
    const another = { ...act, reportId: newId('report'), subject: 'user:bob' };
    await client.request(auditRpc.recordActs, { acts: [act, another] });
    await client.request(auditRpc.recordActs, { acts: [act] });
    const { entries, next } = await ask(auditRpc.listAudit, { appId, action: 'user.kick', limit: 1 });
    expect(entries).toMatchObject([
      { actor: 'alice', subject: 'user:bob', seq: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const rest = await ask(auditRpc.listAudit, { appId, action: 'user.kick', cursor: next });
    expect(rest.entries).toMatchObject([{ subject: 'user:ada', address: '192.0.2.9', requestId: 'rq_9' }]);
    expect(rest.next).toBeUndefined();
  });

  it('name the author of the statement: the ID of an API key', async () => {
    const { appId } = await newApp();
    const { apiKey, key } = await ask(authRpc.createApiKey, {
      appId,
      name: 'server',
      permissions: ['users:kick'],
    });
    const act = kickOf(appId, await statementFor('users:kick', appId, key));
    expect(await client.request(auditRpc.recordActs, { acts: [act] })).toEqual({ refused: [] });
    const { entries } = await ask(auditRpc.listAudit, { appId, actor: apiKey.keyId });
    expect(entries).toMatchObject([{ action: 'user.kick', subject: 'user:ada' }]);
  });

  it('are accepted long after the statement has expired, if it was valid at the time of the act', async () => {
    const { appId } = await newApp();
    const hourMs = 3_600_000;
    const nowMs = Date.now();
    const signer = await StatementSigner.create(nowMs - hourMs / 2);
    await database.statementKeys.add(signer.publicKey);
    const authority = { actor: 'bob', kind: 'operator' as const, permission: 'users:kick' as const, appId };
    const statement = await signer.sign(authority, nowMs - hourMs);
    const atThatTime = { ...kickOf(appId, statement), atMs: nowMs - hourMs + 1000 };
    const later = { ...kickOf(appId, statement), atMs: nowMs - hourMs + 60_000 };
    expect(await client.request(auditRpc.recordActs, { acts: [atThatTime, later] })).toEqual({
      refused: [later.reportId],
    });
    const { entries } = await ask(auditRpc.listAudit, { appId, actor: 'bob' });
    expect(entries).toHaveLength(1);
  });

  it('are refused without a statement for them, and hold up no other report', async () => {
    const { appId } = await newApp();
    const other = await newApp();
    const valid = await statementFor('users:kick', appId);
    const unknownSigner = await StatementSigner.create();
    const authority = { actor: 'alice', kind: 'operator' as const, permission: 'users:kick' as const, appId };
    const acts = [
      kickOf(appId, ''),
      kickOf(appId, await unknownSigner.sign(authority)),
      kickOf(appId, await statementFor('rooms:read', appId)),
      kickOf(other.appId, valid),
      { ...kickOf(appId, valid), atMs: Date.now() + 3_600_000 },
    ];
    const proven = kickOf(appId, valid);
    const { refused } = await client.request(auditRpc.recordActs, { acts: [...acts, proven] });
    expect(refused).toEqual(acts.map(({ reportId }) => reportId));
    const { entries } = await ask(auditRpc.listAudit, { appId, action: 'user.kick' });
    expect(entries).toHaveLength(1);
  });
});

describe('the service', () => {
  it('is ready while its database and bus respond', async () => {
    const response = await fetch(`http://127.0.0.1:${service.port}/readyz`);
    expect([response.status, await response.json()]).toEqual([200, { database: 'ok', bus: 'ok' }]);
  });

  // Last, because it checks the logs of all other tests.
  it('logs its work without secrets', () => {
    const text = logged.join('');
    expect(text).toContain('entitlement changed');
    expect(text).toContain('request refused');
    const warnings = logged
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level }) => level > 30);
    expect(new Set(warnings.map(({ msg }) => msg))).toEqual(new Set(['reported act refused']));
    for (const secret of [...secrets, ...operator.statements, adminToken]) {
      expect(text).not.toContain(secret);
    }
  });
});
