import { describe, expect, it } from '@jest/globals';
import { AppError, auditRpc, authRpc, type Permission } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { StatementSigner } from '@polyroom/tokens';
import { adminToken, ask, client, codeOf, newApp, secrets } from './used-auth.js';

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
