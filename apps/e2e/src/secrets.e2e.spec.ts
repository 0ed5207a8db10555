import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { generateToken04, secretIdOf } from '@polyroom/tokens';
import { type RawClient } from './support/raw-client.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Credentials of AppIDs over REST and WebSocket, on a real cluster. */
let testCluster: TestCluster;
let clients: RawClient[];
let users = 0;

beforeAll(async () => {
  testCluster = await TestCluster.start({ mediaNodes: 1, mediaWorkers: 1 });
  clients = [await testCluster.connect(0), await testCluster.connect(1)];
}, 120_000);
afterAll(async () => {
  clients?.forEach((client) => client.close());
  await testCluster?.close();
});

/** Logs a new user in and out; returns the code of the login. */
async function login(app: TestApp, credential: { secret: string } | { appSign: string }): Promise<number> {
  users += 1;
  const [userId, roomId] = [`user-${users}`, `room-${users % 3}`];
  const client = await testCluster.connect(users % 2 === 0 ? 0 : 1);
  const { appId } = app;
  const by =
    'secret' in credential
      ? {
          appSign: undefined,
          token: generateToken04({ appId, userId, secret: credential.secret, effectiveTimeSeconds: 60 }),
        }
      : credential;
  try {
    return await client.codeOf('room.login', loginParams(app, roomId, userId, by));
  } finally {
    client.close();
  }
}

function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return testCluster.cluster.admin.send(method, path, body) as Promise<T>;
}

test('rotates the ServerSecret under logins without one that fails', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  const path = `/v1/admin/apps/${app.appId}/secrets`;
  let signing = app.serverSecret;
  let rotating = true;
  let logins = 0;
  const failures: number[] = [];
  const loop = async (): Promise<void> => {
    while (rotating) {
      const code = await login(app, { secret: signing });
      logins += 1;
      if (code !== 0) {
        failures.push(code);
      }
    }
  };
  const loops = [loop(), loop()];
  const made = async (): Promise<void> => {
    const from = logins;
    await waitFor(() => logins > from + 15, { timeoutMs: 30_000, describe: 'logins during the rotation' });
  };
  await made();
  const added = await send<{ secret: { secretId: string }; serverSecret: string }>('POST', path);
  await made();
  await send('PUT', `${path}/${added.secret.secretId}/primary`);
  signing = added.serverSecret;
  await made();
  await send('DELETE', `${path}/${secretIdOf(app.serverSecret)}`);
  await waitFor(async () => (await login(app, { secret: app.serverSecret })) === 1002033, {
    timeoutMs: 2000,
    describe: 'the retired secret to be refused',
  });
  await made();
  rotating = false;
  await Promise.all(loops);
  expect(failures).toEqual([]);
  expect(await login(app, { secret: app.serverSecret })).toBe(1002033);
  const { secrets } = await send<{ secrets: { state: string }[] }>('GET', path);
  expect(secrets.map(({ state }) => state)).toEqual(['primary', 'retired']);
});

test('refuses a replaced AppSign at every gateway', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  const old = { appSign: app.appSign };
  expect([await login(app, old), await login(app, old)]).toEqual([0, 0]);
  const { appSign } = await send<{ appSign: string }>('PUT', `/v1/admin/apps/${app.appId}/app-sign`, {});
  await waitFor(
    async () => [await login(app, old), await login(app, old)].every((code) => code === 1001005),
    {
      timeoutMs: 2000,
      describe: 'the old AppSign to be refused',
    },
  );
  expect([await login(app, { appSign }), await login(app, { appSign })]).toEqual([0, 0]);
});
