import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { startPostgres } from '@polyroom/testing';
import { pino } from 'pino';
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
        actor: 'bob',
      };
      expect(await errorNameOf(database.apps.create(again))).toBe('ADMIN_APP_EXISTS');
      expect((await database.apps.findCredentials(appId))?.appSignHash).toBe('hash');
      expect(await database.audit.list(appId, 10)).toHaveLength(1);
    });

    it('returns credentials for authentication and keeps secrets out of the audit', async () => {
      const appId = await newApp();
      expect(await database.apps.findCredentials(appId)).toEqual({
        enabled: true,
        appSignHash: 'hash',
        secrets: [{ secretId: 'kid', value: 'x'.repeat(32) }],
      });
      expect(JSON.stringify(await database.audit.list(appId, 10))).not.toContain('xxxx');
      expect(await database.apps.findCredentials(99)).toBeUndefined();
    });

    it('disables an AppID with an audit row and a new version', async () => {
      const appId = await newApp();
      const { app, version } = await database.apps.setEnabled(appId, false, 'bob');
      expect([app.enabled, version]).toEqual([false, 1]);
      expect((await database.audit.list(appId, 1))?.[0]).toMatchObject({
        actor: 'bob',
        action: 'app.setEnabled',
        before: true,
        after: false,
      });
      expect(await errorNameOf(database.apps.setEnabled(99, false, 'bob'))).toBe('ADMIN_APP_NOT_FOUND');
    });
  });

  describe('entitlements', () => {
    it('stores, audits and increments the version together; null restores the default', async () => {
      const appId = await newApp();
      expect(await database.entitlements.find(appId)).toEqual({ enabled: true, version: 0, rows: [] });
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
      });
      expect(
        (await database.audit.list(appId, 3))?.map(({ actor, action, subject, before, after }) => ({
          actor,
          action,
          subject,
          before,
          after,
        })),
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

    it('gives concurrent changes different versions and an unbroken chain in the audit', async () => {
      const appId = await newApp();
      const versions = await Promise.all(
        [6, 7, 8, 9].map((value) =>
          database.entitlements.set({ actor: 'alice', appId, name: 'maxRoomsPerUser', value }),
        ),
      );
      expect([...versions].sort()).toEqual([1, 2, 3, 4]);
      const chain = ((await database.audit.list(appId, 4)) ?? []).reverse();
      expect(chain.map((entry) => entry.before)).toEqual([
        5,
        ...chain.slice(0, 3).map((entry) => entry.after),
      ]);
    });

    it('has none for an unknown AppID and refuses to set one', async () => {
      expect(await database.entitlements.find(99)).toBeUndefined();
      const change = { actor: 'alice', appId: 99, name: 'multiRoom', value: true } as const;
      expect(await errorNameOf(database.entitlements.set(change))).toBe('ADMIN_APP_NOT_FOUND');
      expect(await database.audit.list(99, 10)).toBeUndefined();
    });
  });
});
