import { describe, expect, it } from '@jest/globals';
import { auditRpc, authRpc, type CredentialKind } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';
import { ask, changes, client, codeOf, newApp, newAppId, secrets, who } from './used-auth.js';

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
      timeoutMs: 5000,
      describe: 'the switch',
    });
    expect(await codeOf(client.request(authRpc.getEntitlements, { appId }))).toBe(1000037);
    await ask(authRpc.setAppEnabled, { appId, enabled: true });
    await waitFor(async () => (await codeOf(login())) === 0, {
      timeoutMs: 5000,
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
    const appId = newAppId();
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

  it('change, with an audit row and an event', async () => {
    const { appId, appSign } = await newApp(['appSign', 'native']);
    expect(await codeOf(login(appId, { appSign }))).toBe(0);
    const policy = { credentialKinds: ['native' as const], maxTokenSeconds: 600 };
    const { app } = await ask(authRpc.setAppCredentials, { appId, ...policy });
    expect(app).toMatchObject(policy);
    await waitFor(async () => (await codeOf(login(appId, { appSign }))) === 1001005, {
      describe: 'the AppSign to be refused',
    });
    await waitFor(() => changes.some((event) => event.appId === appId && event.version === 1), {
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
