import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningPostgres, startPostgres, waitFor } from '@polyroom/testing';
import { generateToken04 } from '@polyroom/tokens';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** A PostgreSQL that is stopped under logins, on a real cluster. */
let postgres: RunningPostgres;
let testCluster: TestCluster;
let app: TestApp;
let users = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  testCluster = await TestCluster.start({ databaseUrl: postgres.url, mediaNodes: 1, mediaWorkers: 1 });
  app = await testCluster.createApp({ multiRoom: true });
}, 120_000);
afterAll(async () => {
  await testCluster?.close();
  await postgres?.close();
});

async function login(): Promise<number> {
  users += 1;
  const [userId, { appId, serverSecret: secret }] = [`user-${users}`, app];
  const token = generateToken04({ appId, userId, secret, effectiveTimeSeconds: 60 });
  const byToken = users % 3 === 0 ? {} : { appSign: undefined, token };
  const client = await testCluster.connect(users % 2 === 0 ? 0 : 1);
  try {
    return await client.codeOf('room.login', loginParams(app, `room-${users % 3}`, userId, byToken));
  } finally {
    client.close();
  }
}

function statusOf(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const { gateways, adminToken } = testCluster.cluster;
  return fetch(`${gateways[1]!.httpUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).then(async (response) => {
    const { error } = (await response.json()) as { error?: { code: number } };
    return [response.status, error?.code];
  });
}

test('users log in while PostgreSQL is stopped, operators get 503, and both recover', async () => {
  const path = `/v1/admin/apps/${app.appId}`;
  const codes: number[] = [];
  let looping = true;
  const loop = async (): Promise<void> => {
    while (looping) {
      codes.push(await login());
    }
  };
  const loops = [loop(), loop()];
  const made = async (): Promise<void> => {
    const from = codes.length;
    // Longer than all caches hold.
    const untilMs = performance.now() + 3000;
    await waitFor(() => codes.length > from + 20 && performance.now() > untilMs, {
      timeoutMs: 30_000,
      describe: 'logins',
    });
  };
  await made();
  await postgres.kill();
  await made();
  expect(testCluster.logsWith('database unavailable')).toHaveLength(1);
  expect(await statusOf('GET', '/v1/admin/apps')).toEqual([503, 1190204]);
  expect(await statusOf('PUT', `${path}/enabled`, { enabled: false })).toEqual([503, 1190204]);
  expect(await statusOf('GET', `${path}/secrets`)).toEqual([503, 1190204]);
  await made();
  await postgres.restart();
  await made();
  expect(testCluster.logsWith('database available again')).toHaveLength(1);
  looping = false;
  await Promise.all(loops);
  expect(codes.filter((code) => code !== 0)).toEqual([]);

  expect(await statusOf('PUT', `${path}/enabled`, { enabled: false })).toEqual([200, undefined]);
  await waitFor(async () => (await login()) === 1000037, {
    timeoutMs: 2000,
    describe: 'the switch to apply',
  });
}, 120_000);
