import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningPostgres, startPostgres, waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken, secretIdOf } from '@polyroom/tokens';
import { ServiceRun } from './support/service-run.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Credentials are rotated under load, with two gateways and two instances of auth on PostgreSQL. */
let postgres: RunningPostgres;
let testCluster: TestCluster;
let users = 0;

const [oldKey, newKey] = [0, 1].map(() => randomBytes(32).toString('base64'));
const refusedWithinMs = 2000;
/** Enough attempts to reach both gateways and both instances of auth. */
const attempts = 12;

beforeAll(async () => {
  postgres = await startPostgres();
  testCluster = await TestCluster.start({
    databaseUrl: postgres.url,
    authInstances: 2,
    authEnv: { POLYROOM_SECRETS_KEY: `${oldKey},${newKey}` },
    mediaNodes: 1,
    mediaWorkers: 1,
  });
});
afterAll(async () => {
  await testCluster?.close();
  await postgres?.close();
});

type Credential = { secret: string } | { appSign: string };

async function paramsOf(app: TestApp, userId: string, credential: Credential): Promise<object> {
  if ('appSign' in credential) {
    return credential;
  }
  const options = { ...{ appId: app.appId, userId, effectiveTimeSeconds: 60 }, ...credential };
  return {
    appSign: undefined,
    token: users % 2 === 0 ? generateToken04(options) : await issueNativeToken(options),
  };
}

/** Logs a new user in and out; returns the code of the login. */
async function login(app: TestApp, credential: Credential): Promise<number> {
  users += 1;
  const [userId, gateway] = [`user-${users}`, users % 4 < 2 ? 0 : 1] as const;
  const params = await paramsOf(app, userId, credential);
  const client = await testCluster.connect(gateway);
  try {
    return await client.codeOf('room.login', loginParams(app, `room-${users % 3}`, userId, { ...params }));
  } finally {
    client.close();
  }
}

/** The code of a request with an API key, at the gateways in turn. */
async function readWith(app: TestApp, key: string): Promise<number> {
  users += 1;
  const { httpUrl } = testCluster.cluster.gateways[users % 2]!;
  const response = await fetch(`${httpUrl}/v1/apps/${app.appId}/users/ann/rooms`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await response.json()) as { error?: { code: number } }).error?.code ?? 0;
}

function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return testCluster.cluster.admin.send(method, path, body) as Promise<T>;
}

/** Runs the same request again and again while the work runs; every one must succeed. */
class Load {
  private readonly codes: number[] = [];
  private running = true;
  private readonly loops: Promise<void>[];

  constructor(request: () => Promise<number>) {
    const loop = async (): Promise<void> => {
      while (this.running) {
        this.codes.push(await request());
      }
    };
    this.loops = [loop(), loop()];
  }

  /** Resolves after some more requests. */
  async more(): Promise<void> {
    const from = this.codes.length;
    await waitFor(() => this.codes.length > from + 15, { timeoutMs: 30_000, describe: 'more requests' });
  }

  async end(): Promise<number[]> {
    this.running = false;
    await Promise.all(this.loops);
    return this.codes.filter((code) => code !== 0);
  }
}

/**
 * Waits until all of a number of attempts are refused, and expects the same of later ones. One after the other: a gateway
 * sends what arrives together as one message, to one instance of auth.
 */
async function refused(attempt: () => Promise<number>, code: number): Promise<void> {
  const codesOf = async () => {
    const codes = new Set<number>();
    for (let count = 0; count < attempts; count += 1) {
      codes.add(await attempt());
    }
    return codes;
  };
  await waitFor(async () => [...(await codesOf())].join() === String(code), {
    timeoutMs: refusedWithinMs,
    describe: `the refusal with ${code}`,
  });
  expect([...(await codesOf())]).toEqual([code]);
}

test('rotates the ServerSecret under logins without one that fails', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  const path = `/v1/apps/${app.appId}/secrets`;
  let signing = app.serverSecret;
  const load = new Load(() => login(app, { secret: signing }));
  await load.more();
  const added = await send<{ secret: { secretId: string }; serverSecret: string }>('POST', path);
  await load.more();
  await send('PUT', `${path}/${added.secret.secretId}/primary`);
  signing = added.serverSecret;
  await load.more();
  await send('DELETE', `${path}/${secretIdOf(app.serverSecret)}`);
  await refused(() => login(app, { secret: app.serverSecret }), 1002033);
  await load.more();
  expect(await load.end()).toEqual([]);
  const { secrets } = await send<{ secrets: { state: string }[] }>('GET', path);
  expect(secrets.map(({ state }) => state)).toEqual(['primary', 'retired']);
});

test('replaces the AppSign under logins without one that fails', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  const path = `/v1/apps/${app.appId}/app-sign`;
  let { appSign } = app;
  const load = new Load(() => login(app, { appSign }));
  await load.more();
  const oldValidUntilMs = Date.now() + 3_600_000;
  const second = await send<{ appSign: string }>('PUT', path, { oldValidUntilMs });
  await load.more();
  expect(await login(app, { appSign: app.appSign })).toBe(0);
  ({ appSign } = second);
  await load.more();
  // The first one ends with the next replacement.
  const third = await send<{ appSign: string }>('PUT', path, { oldValidUntilMs });
  await refused(() => login(app, { appSign: app.appSign }), 1001005);
  ({ appSign } = third);
  await load.more();
  // What uses the old AppSign until then must end before, also on a busy machine.
  const endsAtMs = Date.now() + 8000;
  const fourth = await send<{ appSign: string }>('PUT', path, { oldValidUntilMs: endsAtMs });
  expect(await login(app, { appSign })).toBe(0);
  ({ appSign } = fourth);
  await waitFor(() => Date.now() > endsAtMs, { timeoutMs: 10_000, describe: 'the old AppSign to expire' });
  await refused(() => login(app, { appSign: third.appSign }), 1001005);
  expect(await load.end()).toEqual([]);
});

test('refuses a leaked AppSign at once at every gateway', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  expect(await Promise.all([1, 2, 3, 4].map(() => login(app, { appSign: app.appSign })))).toEqual([
    0, 0, 0, 0,
  ]);
  const { appSign } = await send<{ appSign: string }>('PUT', `/v1/apps/${app.appId}/app-sign`, {});
  await refused(() => login(app, { appSign: app.appSign }), 1001005);
  expect(await login(app, { appSign })).toBe(0);
});

test('replaces an API key under requests without one that fails', async () => {
  const app = await testCluster.createApp();
  const { admin } = testCluster.cluster;
  const first = await admin.createApiKey(app.appId, ['rooms:read']);
  let key = first;
  const load = new Load(() => readWith(app, key));
  await load.more();
  const second = await admin.createApiKey(app.appId, ['rooms:read']);
  await load.more();
  key = second;
  await load.more();
  const path = `/v1/apps/${app.appId}/api-keys`;
  const { apiKeys } = await send<{ apiKeys: { keyId: string }[] }>('GET', path);
  await send('DELETE', `${path}/${apiKeys[0]!.keyId}`);
  await refused(() => readWith(app, first), 1190121);
  await load.more();
  expect(await load.end()).toEqual([]);
});

/** Runs the command `re-encrypt` of auth; returns its last line. */
async function reEncrypt(keys: string): Promise<Record<string, unknown>> {
  const env = { DATABASE_URL: postgres.url, POLYROOM_SECRETS_KEY: keys };
  const run = new ServiceRun('auth', env, ['re-encrypt']);
  const { code } = await run.ended;
  const line = run.lines.at(-1)!;
  [oldKey, newKey].forEach((key) => expect(run.output).not.toContain(key));
  return { code, ...line };
}

test('replaces the key of the secrets under logins without one that fails', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  const load = new Load(() => login(app, { secret: app.serverSecret }));
  await load.more();
  const lacksOld = { code: 1, msg: 'cannot start', reason: expect.stringContaining('lacks a key of stored') };
  expect(await reEncrypt(newKey!)).toMatchObject(lacksOld);
  const first = await reEncrypt(`${newKey},${oldKey}`);
  expect(first).toMatchObject({ code: 0, msg: 'secrets encrypted' });
  expect(first['changed']).toBe(first['total']);
  await load.more();
  // An instance of auth with the new key alone could start now, one with the old key alone could not.
  expect(await reEncrypt(newKey!)).toMatchObject({ code: 0, changed: 0, total: first['total'] });
  expect(await reEncrypt(oldKey!)).toMatchObject(lacksOld);
  const { entries } = (await testCluster.cluster.admin.send('GET', '/v1/audit?action=secrets.reEncrypt')) as {
    entries: unknown[];
  };
  const acts = [0, first['total']].map((changed) => ({
    actor: 'command line',
    after: { changed, total: first['total'], keyId: expect.any(String) },
  }));
  expect(entries).toMatchObject(acts);
  await load.more();
  expect(await load.end()).toEqual([]);
});
