import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { startPostgres } from '@polyroom/testing';
import { pino } from 'pino';
import { type NewApiKey } from './api-key.repository.js';
import { Database } from './database.js';
import { SecretKeys } from './secret-keys.js';

const logger = pino({ level: 'silent' });
let database: Database;
let lastAppId = 100;

async function newApp(): Promise<number> {
  lastAppId += 1;
  await database.apps.create({
    appId: lastAppId,
    name: `app ${lastAppId}`,
    appSignHash: 'hash',
    secret: { secretId: 'kid', value: 'x'.repeat(32) },
    credentialKinds: ['token04', 'native'],
    actor: 'alice',
  });
  return lastAppId;
}

async function errorNameOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.errorName : String(error)),
  );
}

describe.each(['embedded', 'server'])('on the %s database', (kind) => {
  let closeServer: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const server = kind === 'server' ? await startPostgres() : undefined;
    closeServer = server?.close;
    const secretKeys = SecretKeys.parse(SecretKeys.generate());
    database = await Database.open({ databaseUrl: server?.url, pgliteDir: 'memory://', secretKeys, logger });
  });
  afterAll(async () => {
    await database.close();
    await database.close();
    await closeServer?.();
  });

  describe('apps', () => {
    it('keeps a uint32 that does not fit int4', async () => {
      await database.apps.create({
        appId: 0xffffffff,
        name: 'largest',
        appSignHash: 'h',
        secret: { secretId: 'k', value: 's' },
        credentialKinds: ['native'],
        actor: 'alice',
      });
      expect((await database.apps.list()).map((app) => app.appId)).toContain(0xffffffff);
    });

    it('refuses an existing AppID and leaves it unchanged', async () => {
      const appId = await newApp();
      const again = {
        appId,
        name: 'other',
        appSignHash: 'other',
        secret: { secretId: 'z', value: 'z' },
        credentialKinds: ['native' as const],
        actor: 'bob',
      };
      expect(await errorNameOf(database.apps.create(again))).toBe('ADMIN_APP_EXISTS');
      expect((await database.apps.findCredentials(appId))?.appSignHash).toBe('hash');
      expect(await database.audit.list({ appId, limit: 10 })).toHaveLength(1);
    });

    it('returns credentials for authentication and keeps secrets out of the audit', async () => {
      const appId = await newApp();
      expect(await database.apps.findCredentials(appId)).toEqual({
        enabled: true,
        credentialKinds: ['token04', 'native'],
        maxTokenSeconds: null,
        appSignHash: 'hash',
        revocationsVersion: 0,
        secrets: [{ secretId: 'kid', value: 'x'.repeat(32) }],
      });
      expect(JSON.stringify(await database.audit.list({ appId, limit: 10 }))).not.toContain('xxxx');
      expect(await database.apps.findCredentials(99)).toBeUndefined();
    });

    it('disables an AppID with an audit row and a new version', async () => {
      const appId = await newApp();
      const { app, version } = await database.apps.setEnabled(appId, false, { actor: 'bob' });
      expect([app.enabled, version]).toEqual([false, 1]);
      expect((await database.audit.list({ appId, limit: 1 }))[0]).toMatchObject({
        actor: 'bob',
        action: 'app.setEnabled',
        before: true,
        after: false,
      });
      expect(await errorNameOf(database.apps.setEnabled(99, false, { actor: 'bob' }))).toBe(
        'ADMIN_APP_NOT_FOUND',
      );
    });
  });

  it('sets the accepted credentials with an audit row and a new version', async () => {
    const appId = await newApp();
    const policy = { credentialKinds: ['native' as const], maxTokenSeconds: 3600 };
    const { app, version } = await database.apps.setCredentials(appId, policy, { actor: 'bob' });
    expect([app, version]).toMatchObject([policy, 1]);
    expect(await database.apps.findCredentials(appId)).toMatchObject(policy);
    expect((await database.audit.list({ appId, limit: 1 }))[0]).toMatchObject({
      actor: 'bob',
      action: 'app.setCredentials',
      before: { credentialKinds: ['token04', 'native'], maxTokenSeconds: null },
      after: policy,
    });
    expect(await errorNameOf(database.apps.setCredentials(99, policy, { actor: 'bob' }))).toBe(
      'ADMIN_APP_NOT_FOUND',
    );
  });

  describe('revocations', () => {
    it('are stored with the audit and a new version, of two for the same tokens the wider one', async () => {
      const appId = await newApp();
      const nowMs = Date.now();
      const add = (revocation: object, expiresAtMs = nowMs + 60_000) =>
        database.revocations.add({ appId, revocation, expiresAtMs, actor: 'bob', nowMs });
      expect(await add({ userId: 'ann', issuedBeforeMs: nowMs })).toBe(1);
      expect(await add({ userId: 'ann', issuedBeforeMs: nowMs - 5000 }, nowMs + 30_000)).toBe(2);
      expect(await add({ userId: 'ann', tokenId: 't' }, nowMs + 30_000)).toBe(3);
      expect((await database.apps.findCredentials(appId))?.revocationsVersion).toBe(3);
      const found = await database.revocations.find(appId, nowMs);
      expect(found).toHaveLength(2);
      expect(found).toContainEqual({ userId: 'ann', issuedBeforeMs: nowMs });
      expect(found).toContainEqual({ userId: 'ann', tokenId: 't' });
      expect(await database.revocations.find(appId, nowMs + 30_000)).toHaveLength(1);
      expect(await database.revocations.find(99, nowMs)).toBeUndefined();
      expect((await database.audit.list({ appId, limit: 1 }))[0]).toMatchObject({
        actor: 'bob',
        action: 'tokens.revoke',
        subject: 'user:ann',
        after: { tokenId: 't' },
      });
    });

    it('are limited per AppID; expired ones make room', async () => {
      const appId = await newApp();
      const nowMs = Date.now();
      const add = (tokenId: string, atMs = nowMs) =>
        database.revocations.add(
          { appId, revocation: { tokenId }, expiresAtMs: atMs + 1000, actor: 'bob', nowMs: atMs },
          2,
        );
      await add('a');
      await add('b');
      await add('b');
      expect(await errorNameOf(add('c'))).toBe('ADMIN_REVOCATION_LIMIT');
      expect((await database.apps.findCredentials(appId))?.revocationsVersion).toBe(3);
      await add('c', nowMs + 2000);
      expect(await database.revocations.find(appId, nowMs)).toEqual([{ tokenId: 'c' }]);
    });
  });

  describe('login hooks', () => {
    const hook = { url: 'https://app.example/login', deadlineMs: 1000, onFailure: 'deny' as const };
    const set = (appId: number, secret: string, keepsSecret = true) =>
      database.loginHooks.set(appId, hook, { secret, keepsSecret }, { actor: 'alice' });

    it('keeps the secret of a hook that exists, and stores the given one for a new hook', async () => {
      const appId = await newApp();
      expect(await set(appId, 'first')).toMatchObject({ isSecretStored: true });
      expect(await set(appId, 'second')).toMatchObject({ isSecretStored: false });
      expect(await database.loginHooks.findWithSecret(appId)).toMatchObject({ secret: 'first' });
      expect(await set(appId, 'third', false)).toMatchObject({ isSecretStored: true });
      expect(await database.loginHooks.findWithSecret(appId)).toMatchObject({ secret: 'third' });
    });

    it('has a secret however changes and deletions of it overlap', async () => {
      const appId = await newApp();
      await Promise.all(
        Array.from({ length: 6 }, (_, index) => [
          set(appId, `secret ${index}`),
          database.loginHooks.delete(appId, { actor: 'alice' }),
        ]).flat(),
      );
      await set(appId, 'last');
      expect((await database.loginHooks.findWithSecret(appId))?.secret).toMatch(/^(secret|last)/);
    });
  });

  describe('entitlements', () => {
    it('stores, audits and increments the version together; null restores the default', async () => {
      const appId = await newApp();
      expect(await database.entitlements.find(appId)).toEqual({
        enabled: true,
        version: 0,
        rows: [],
        users: [],
      });
      expect(await database.entitlements.set({ actor: 'alice', appId, name: 'multiRoom', value: true })).toBe(
        1,
      );
      expect(
        await database.entitlements.set({ actor: 'bob', appId, name: 'devicePolicy', value: 'share' }),
      ).toBe(2);
      expect(await database.entitlements.set({ actor: 'bob', appId, name: 'multiRoom', value: null })).toBe(
        3,
      );
      expect(await database.entitlements.find(appId)).toEqual({
        enabled: true,
        version: 3,
        rows: [{ name: 'devicePolicy', value: 'share' }],
        users: [],
      });
      expect(
        (await database.audit.list({ appId, limit: 3 }))?.map(
          ({ actor, action, subject, before, after }) => ({
            actor,
            action,
            subject,
            before,
            after,
          }),
        ),
      ).toEqual([
        { actor: 'bob', action: 'entitlement.reset', subject: 'multiRoom', before: true, after: false },
        {
          actor: 'bob',
          action: 'entitlement.set',
          subject: 'devicePolicy',
          before: 'kickOld',
          after: 'share',
        },
        { actor: 'alice', action: 'entitlement.set', subject: 'multiRoom', before: false, after: true },
      ]);
    });

    it('stores values of users and terms, with the audit, up to a number of values', async () => {
      const appId = await newApp();
      const terms = { fromMs: 1_800_000_000_000, untilMs: 1_800_000_060_000, note: 'ticket 4711' };
      const change = { actor: 'alice', appId };
      await database.entitlements.set({ ...change, name: 'maxPlays', value: 20, ...terms });
      await database.entitlements.set({ ...change, name: 'maxPlays', value: 30, userId: 'ann', ...terms });
      await database.entitlements.set({ ...change, name: 'multiRoom', value: true, userId: 'ann' });
      expect(await database.entitlements.find(appId)).toEqual({
        enabled: true,
        version: 3,
        rows: [{ name: 'maxPlays', value: 20, ...terms }],
        users: [
          { userId: 'ann', name: 'maxPlays', value: 30, ...terms },
          { userId: 'ann', name: 'multiRoom', value: true },
        ],
      });
      // Without terms, the former ones do not stay.
      await database.entitlements.set({ ...change, name: 'maxPlays', value: 40, userId: 'ann' });
      await database.entitlements.set({ ...change, name: 'multiRoom', value: null, userId: 'ann' });
      const { users } = (await database.entitlements.find(appId))!;
      expect(users).toEqual([{ userId: 'ann', name: 'maxPlays', value: 40 }]);
      const entries = await database.audit.list({ appId, limit: 5 });
      expect(entries.map(({ action, subject, before, after }) => [action, subject, before, after])).toEqual([
        ['entitlement.reset', 'multiRoom of user ann', true, null],
        ['entitlement.set', 'maxPlays of user ann', { value: 30, ...terms }, 40],
        ['entitlement.set', 'multiRoom of user ann', null, true],
        ['entitlement.set', 'maxPlays of user ann', null, { value: 30, ...terms }],
        ['entitlement.set', 'maxPlays', 12, { value: 20, ...terms }],
      ]);
    });

    it('stores no more values of users than allowed', async () => {
      const appId = await newApp();
      const set = (userId: string, value: number | null) => {
        const change = { actor: 'alice', appId, userId, name: 'maxPlays' as const };
        return database.entitlements.set(value === null ? { ...change, value } : { ...change, value }, 2);
      };
      await set('ann', 1);
      await set('bob', 2);
      expect(await errorNameOf(set('eve', 3))).toBe('ADMIN_ENTITLEMENT_LIMIT_REACHED');
      expect((await database.entitlements.find(appId))?.version).toBe(2);
      // A new value of the same user, and one in place of another.
      await set('bob', 3);
      await set('bob', null);
      await set('eve', 4);
    });

    it('gives concurrent changes different versions and an unbroken chain in the audit', async () => {
      const appId = await newApp();
      const versions = await Promise.all(
        [6, 7, 8, 9].map((value) =>
          database.entitlements.set({ actor: 'alice', appId, name: 'maxRoomsPerUser', value }),
        ),
      );
      expect([...versions].sort()).toEqual([1, 2, 3, 4]);
      const chain = ((await database.audit.list({ appId, limit: 4 })) ?? []).reverse();
      expect(chain.map((entry) => entry.before)).toEqual([
        5,
        ...chain.slice(0, 3).map((entry) => entry.after),
      ]);
    });

    it('has none for an unknown AppID and refuses to set one', async () => {
      expect(await database.entitlements.find(99)).toBeUndefined();
      const change = { actor: 'alice', appId: 99, name: 'multiRoom', value: true } as const;
      expect(await errorNameOf(database.entitlements.set(change))).toBe('ADMIN_APP_NOT_FOUND');
      expect(await database.audit.list({ appId: 99, limit: 10 })).toEqual([]);
      expect(await database.audit.hasRows(99)).toBe(false);
    });
  });

  describe('API keys', () => {
    let lastKey = 0;
    const create = (appId: number, more: Partial<NewApiKey> = {}) =>
      database.apiKeys.create({
        ...{ appId, keyId: `pr_live_${++lastKey}`, name: 'backend', secretHash: 'hash' },
        ...{ permissions: ['rooms:read', 'users:kick'], expiresAtMs: Date.now() + 60_000 },
        ...{ actor: 'alice', maxKeys: 100 },
        ...more,
      });

    it('keep their permissions, expiry and end', async () => {
      const appId = await newApp();
      const { keyId, expiresAtMs } = await create(appId);
      expect(await database.apiKeys.findCredential(keyId)).toEqual({
        ...{ appId, isAppEnabled: true, secretHash: 'hash', permissions: ['rooms:read', 'users:kick'] },
        ...{ expiresAtMs, isRevoked: false, lastUsedAtMs: 0 },
      });
      await database.apiKeys.setExpiry({ appId, keyId, actor: 'bob' }, expiresAtMs + 1);
      await database.apiKeys.revoke({ appId, keyId, actor: 'bob' });
      await database.apiKeys.setLastUsed(keyId, 1_700_000_000_000);
      expect(await database.apiKeys.findCredential(keyId)).toMatchObject({
        ...{ expiresAtMs: expiresAtMs + 1, isRevoked: true, lastUsedAtMs: 1_700_000_000_000 },
      });
      expect(await database.apiKeys.list(appId)).toMatchObject([{ keyId, lastUsedAtMs: 1_700_000_000_000 }]);
      expect(await database.apiKeys.list(99)).toBeUndefined();
    });

    it('are refused beyond the limit, also if created concurrently; ended ones do not count', async () => {
      const appId = await newApp();
      const names = await Promise.all([1, 2, 3, 4].map(() => errorNameOf(create(appId, { maxKeys: 2 }))));
      expect(names.sort()).toEqual([
        ...['ADMIN_API_KEY_LIMIT_REACHED', 'ADMIN_API_KEY_LIMIT_REACHED', 'no error', 'no error'],
      ]);
      const [first] = (await database.apiKeys.list(appId)) ?? [];
      await database.apiKeys.revoke({ appId, keyId: first!.keyId, actor: 'alice' });
      expect(await errorNameOf(create(appId, { maxKeys: 2 }))).toBe('no error');
    });

    it('are changed by their own AppID only', async () => {
      const [appId, otherAppId] = [await newApp(), await newApp()];
      const { keyId } = await create(appId);
      const change = { appId: otherAppId, keyId, actor: 'alice' };
      expect(await errorNameOf(database.apiKeys.revoke(change))).toBe('ADMIN_API_KEY_NOT_FOUND');
      expect(await errorNameOf(database.apiKeys.setExpiry(change, 0))).toBe('ADMIN_API_KEY_NOT_FOUND');
      expect(await errorNameOf(create(99))).toBe('ADMIN_APP_NOT_FOUND');
    });
  });

  it('lists the keys of statements until they expire, and then removes them', async () => {
    const nowMs = Date.now();
    await database.statementKeys.add({ kid: 'expired', x: 'a', notAfterMs: nowMs - 1 });
    const key = { kid: 'live', x: 'b', notAfterMs: nowMs + 60_000 };
    await database.statementKeys.add(key);
    expect(await database.statementKeys.list()).toEqual([key]);
  });
});
