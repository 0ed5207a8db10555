import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningPostgres, startPostgres, waitFor } from '@polyroom/testing';
import { generateToken04 } from '@polyroom/tokens';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/**
 * A PostgreSQL that is stopped under logins, with two gateways and two instances of auth. `npm run check:outage` does
 * the same for longer than a quarter of an hour.
 */
/** How long the rules are used: three times as long as what must still work takes on an idle machine. */
const outageSeconds = 40;
const authProcesses = ['auth', 'auth-2'];
const appDisabled = 1000037;
const tokenRevoked = 1190403;
const unavailable = 1190204;

let postgres: RunningPostgres;
let testCluster: TestCluster;
let app: TestApp;
let users = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  testCluster = await TestCluster.start({
    databaseUrl: postgres.url,
    authInstances: 2,
    authEnv: { POLYROOM_DATABASE_OUTAGE_SECONDS: String(outageSeconds) },
    mediaNodes: 1,
    mediaWorkers: 1,
  });
  app = await testCluster.createApp();
});
afterAll(async () => {
  await testCluster?.close();
  await postgres?.close();
});

function tokenOf(userId: string, { appId, serverSecret: secret } = app): string {
  return generateToken04({ appId, userId, secret, effectiveTimeSeconds: 600 });
}

/** Logs a user in and out, by default a new one with a credential of its own; returns the code of the login. */
async function login(ofApp = app, userId = `user-${(users += 1)}`, token?: string): Promise<number> {
  const isBySign = token === undefined && users % 3 === 0;
  const credential = isBySign ? {} : { appSign: undefined, token: token ?? tokenOf(userId, ofApp) };
  const client = await testCluster.connect(users % 2 === 0 ? 0 : 1);
  try {
    const params = { mode: 'single', ...credential };
    return await client.codeOf('room.login', loginParams(ofApp, `room-${users % 3}`, userId, params));
  } finally {
    client.close();
  }
}

/** Waits until both instances of auth have logged the text once more. */
async function bothToLog(text: string, work: () => Promise<void>): Promise<void> {
  const countOf = (process: string) =>
    testCluster.logsWith(text).filter((line) => line.startsWith(`${process} `)).length;
  const before = authProcesses.map(countOf);
  await work();
  await waitFor(() => authProcesses.every((process, index) => countOf(process) > before[index]!), {
    timeoutMs: 10_000,
    describe: `both instances of auth to log: ${text}`,
  });
}

async function statusOf(
  method: string,
  path: string,
  body?: unknown,
  credential = testCluster.cluster.adminToken,
): Promise<[number, number | undefined]> {
  const response = await fetch(`${testCluster.cluster.gateways[1]!.httpUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${credential}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { error } = (await response.json()) as { error?: { code: number } };
  return [response.status, error?.code];
}

test('users log in while PostgreSQL is stopped, operators get 503, and both recover', async () => {
  const { admin } = testCluster.cluster;
  const path = `/v1/apps/${app.appId}`;
  const key = await admin.createApiKey(app.appId, ['rooms:read']);
  const stolen = tokenOf('mallory');
  await admin.send('POST', `${path}/revocations`, { token: stolen });
  // Created last: no user has logged in to it.
  const quiet = await testCluster.createApp();
  const member = await testCluster.connect(0);
  expect(await member.codeOf('room.login', loginParams(app, 'tea', 'ada', { mode: 'single' }))).toBe(0);
  // Afterwards the room service knows the signing keys of both instances of auth: each credential has its statement.
  for (let count = 0; count < 12; count += 1) {
    const other = await admin.createApiKey(app.appId, ['rooms:read']);
    expect(await statusOf('GET', `${path}/users/ada/rooms`, undefined, other)).toEqual([200, undefined]);
  }

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
  await bothToLog('database unavailable', async () => {
    await postgres.kill();
    await made();
  });
  for (const [method, route, body] of [
    ['GET', '/v1/apps'],
    ['PUT', `${path}/enabled`, { enabled: false }],
    ['GET', `${path}/secrets`],
    ['POST', `${path}/secrets`],
    ['PUT', `${path}/app-sign`, {}],
    ['POST', `${path}/revocations`, { userId: 'ada' }],
    ['DELETE', path, { confirm: 'any name' }],
  ] as const) {
    expect([method, route, await statusOf(method, route, body)]).toEqual([method, route, [503, unavailable]]);
  }
  expect(await statusOf('GET', `${path}/users/ada/rooms`, undefined, key)).toEqual([503, unavailable]);
  for (let count = 0; count < 4; count += 1) {
    expect(await login(app, 'mallory', stolen)).toBe(tokenRevoked);
    expect(await login(quiet)).toBe(0);
  }
  // An act that needs no database: an operator removes a user.
  expect(await statusOf('DELETE', `${path}/users/ada/rooms`, {})).toEqual([200, undefined]);
  await waitFor(() => member.eventsOf('room.expelled').length > 0, { describe: 'the kick' });

  await made();
  looping = false;
  await Promise.all(loops);
  expect(codes.filter((code) => code !== 0)).toEqual([]);
  await waitFor(
    async () => (await Promise.all([1, 2, 3, 4].map(() => login()))).every((code) => code === unavailable),
    {
      timeoutMs: outageSeconds * 1000,
      describe: 'the rules to become too old',
    },
  );

  await bothToLog('database available again', async () => {
    await postgres.restart();
    await waitFor(async () => (await statusOf('GET', `${path}/secrets`))[0] === 200, {
      timeoutMs: 15_000,
      describe: 'the recovery',
    });
  });
  expect(await Promise.all([1, 2, 3, 4].map(() => login()))).toEqual([0, 0, 0, 0]);
  expect(await login(app, 'mallory', stolen)).toBe(tokenRevoked);
  expect(await statusOf('GET', `${path}/users/ada/rooms`, undefined, key)).toEqual([200, undefined]);
  const { secrets } = (await admin.send('GET', `${path}/secrets`)) as { secrets: unknown[] };
  expect(secrets).toHaveLength(1);
  // The kick during the outage is in the audit; the failed requests are not.
  await waitFor(async () => (await admin.listAudit(app.appId))[0]?.action === 'user.kick', {
    timeoutMs: 10_000,
    describe: 'the audit of the kick',
  });
  const actions = (await admin.listAudit(app.appId)).map(({ action }) => action);
  expect(actions.filter((action) => action === 'tokens.revoke')).toHaveLength(1);

  expect(await statusOf('PUT', `${path}/enabled`, { enabled: false })).toEqual([200, undefined]);
  await waitFor(async () => (await login()) === appDisabled, {
    timeoutMs: 2000,
    describe: 'the switch to apply',
  });
}, 180_000);
