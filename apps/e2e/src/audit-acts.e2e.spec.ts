import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningPostgres, startPostgres, waitFor } from '@polyroom/testing';
import { allServices, loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Privileged acts on a real cluster, and the chain of their rows in a real PostgreSQL. */
const run = promisify(execFile);
const authEntry = fileURLToPath(new URL('../../auth/dist/main.js', import.meta.url));
const operator = 'local-admin';
const client = '127.0.0.1';

let postgres: RunningPostgres;
let testCluster: TestCluster;
let app: TestApp;

beforeAll(async () => {
  postgres = await startPostgres();
  testCluster = await TestCluster.start({
    ...allServices,
    databaseUrl: postgres.url,
    mediaNodes: 1,
    mediaWorkers: 1,
  });
  app = await testCluster.createApp({ multiRoom: true });
});
afterAll(async () => {
  await testCluster?.close();
  await postgres?.close();
});

interface Row {
  seq: number;
  actor: string;
  action: string;
  subject: string;
  address: string;
  requestId: string;
  outcome: string;
  after: Record<string, unknown> | null;
}

/** Sends a request of the REST API; returns the ID and the status of its response. */
async function send(method: string, path: string, body?: unknown, token = testCluster.cluster.adminToken) {
  const response = await fetch(`${testCluster.cluster.gateways[0]!.httpUrl}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const requestId = response.headers.get('x-request-id')!;
  return { status: response.status, requestId, reply: (await response.json()) as Record<string, unknown> };
}

async function rowsOf(query: string): Promise<Row[]> {
  const { reply } = await send('GET', query);
  return reply['entries'] as Row[];
}

/** The row of a request, when it is stored. */
async function rowOf(requestId: string, path = `apps/${app.appId}/audit?limit=1000`): Promise<Row> {
  let found: Row[] = [];
  await waitFor(
    async () => (found = (await rowsOf(path)).filter((row) => row.requestId === requestId)).length > 0,
    { describe: 'the row of the request' },
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** Runs the command; its exit code and the line of the AppID. */
async function verify(appId: number, ...args: string[]): Promise<[number, Record<string, unknown>]> {
  const options = { env: { ...process.env, DATABASE_URL: postgres.url } };
  const { code, stdout } = await run(process.execPath, [authEntry, 'verify-audit', ...args], options).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (failure: { code: number; stdout: string }) => failure,
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  const chains = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return [code, chains.find((chain) => chain['appId'] === appId)!];
}

function sql(text: string): Promise<unknown> {
  return run('psql', [postgres.url, '--no-psqlrc', '--set=ON_ERROR_STOP=1', '--command', text]);
}

test('every privileged act leaves a row with its author, address and request', async () => {
  const ada = await testCluster.connect(0);
  expect(await ada.codeOf('room.login', loginParams(app, 'stage', 'ada'))).toBe(0);
  const path = `apps/${app.appId}`;
  const room = `${path}/rooms/stage`;
  const message = { kind: 'broadcast', content: 'private words', from: { userId: 'ada', userName: 'Ada' } };
  const acts: [string, string, unknown, string, string, Record<string, unknown>][] = [
    ['PUT', `${path}/rooms/kept`, { keepMs: 60_000 }, 'room.create', 'room:kept', { created: true }],
    ['DELETE', `${path}/rooms/kept`, undefined, 'room.close', 'room:kept', {}],
    ['PUT', `${room}/members/ada/mutes/audio`, undefined, 'member.mute', 'user:ada', { kind: 'audio' }],
    ['POST', `${room}/messages`, message, 'message.send', 'room:stage', { bytes: 13 }],
    ['POST', `${room}/recordings`, undefined, 'recording.start', 'room:stage', {}],
    ['DELETE', `${room}/members/ada`, { reason: 'rude' }, 'user.kick', 'user:ada', { roomIds: ['stage'] }],
    [
      'DELETE',
      `${path}/users/ada/rooms`,
      { blockSeconds: 60 },
      'user.kick',
      'user:ada',
      { blockSeconds: 60 },
    ],
    ['POST', `${path}/bans`, { userId: 'bob', forMs: 60_000 }, 'ban.set', 'user:bob', { banned: true }],
    ['PUT', `${path}/credentials`, { credentialKinds: ['native'] }, 'app.setCredentials', 'credentials', {}],
    ['POST', `${path}/secrets`, undefined, 'secret.add', '', {}],
    ['PUT', `${path}/app-sign`, undefined, 'app.replaceAppSign', 'appSign', {}],
    ['POST', `${path}/revocations`, { userId: 'eve' }, 'tokens.revoke', 'user:eve', {}],
  ];
  for (const [method, route, body, action, subject, after] of acts) {
    const { status, requestId, reply } = await send(method, route, body);
    expect([route, status < 300]).toEqual([route, true]);
    const row = await rowOf(requestId);
    expect(row).toMatchObject({ actor: operator, address: client, action, outcome: 'done' });
    expect(row.subject).toContain(subject);
    expect(JSON.parse(JSON.stringify(row.after ?? {}))).toEqual(
      typeof row.after === 'string' ? row.after : expect.objectContaining(after),
    );
    for (const secret of ['serverSecret', 'appSign']) {
      const value = reply[secret];
      expect(typeof value === 'string' && JSON.stringify(row).includes(value)).toBe(false);
    }
    expect(JSON.stringify(row)).not.toContain('private words');
  }
  ada.close();
});

test('a failed sign-in leaves a row, that of an API key in the audit of its AppID', async () => {
  const guess = await send('GET', 'apps', undefined, `guess-${randomBytes(8).toString('hex')}`);
  expect(guess.status).toBe(401);
  expect(await rowOf(guess.requestId, 'audit?action=admin.signIn&limit=1000')).toMatchObject({
    ...{ actor: 'unknown', address: client, outcome: 'refused' },
  });
  const key = await testCluster.cluster.admin.createApiKey(app.appId, ['rooms:read']);
  const beyond = await send('POST', `apps/${app.appId}/bans`, { userId: 'x', forMs: 1 }, key);
  expect(beyond.status).toBe(403);
  const row = await rowOf(beyond.requestId);
  expect(row).toMatchObject({ action: 'admin.signIn', address: client, outcome: 'refused' });
  expect(key.startsWith(row.actor)).toBe(true);
});

test('an application server reads the audit of its AppID and no other, and is named in it', async () => {
  const other = await testCluster.createApp();
  const key = await testCluster.cluster.admin.createApiKey(app.appId, ['audit:read', 'users:ban']);
  const { requestId } = await send('POST', `apps/${app.appId}/bans`, { userId: 'y', forMs: 1000 }, key);
  const row = await rowOf(requestId);
  expect(key.startsWith(row.actor)).toBe(true);
  expect((await send('GET', `apps/${app.appId}/audit`, undefined, key)).status).toBe(200);
  expect((await send('GET', `apps/${other.appId}/audit`, undefined, key)).status).toBe(403);
  expect((await send('GET', 'audit', undefined, key)).status).toBe(403);
});

test('a deleted or changed row is reported with its number by the command', async () => {
  const { appId } = app;
  const [code, chain] = await verify(appId);
  expect([code, chain['firstBadRow']]).toEqual([0, undefined]);
  const seq = Number(chain['seq']);
  expect(seq).toBeGreaterThan(10);
  await expect(sql(`DELETE FROM audits WHERE app_id = ${appId}`)).rejects.toThrow('the audit is append-only');
  await expect(sql(`UPDATE audits SET actor = 'x' WHERE app_id = ${appId}`)).rejects.toThrow('append-only');
  // As the owner of the tables could.
  const asOwner = (change: string) => sql(`SET session_replication_role = replica; ${change}`);
  const where = (row: number) => `WHERE app_id = ${appId} AND seq = ${row}`;
  await asOwner(`UPDATE audits SET actor = 'mallory' ${where(7)}`);
  expect(await verify(appId)).toMatchObject([1, { firstBadRow: 7, problem: 'changed' }]);
  await asOwner(`UPDATE audits SET actor = '${operator}' ${where(7)}`);
  expect(await verify(appId)).toMatchObject([0, { seq }]);
  await asOwner(`DELETE FROM audits ${where(5)}`);
  expect(await verify(appId)).toMatchObject([1, { firstBadRow: 5, problem: 'deleted' }]);
});

test('the rows of an AppID stay when it is deleted', async () => {
  const deleted = await testCluster.createApp();
  const { apps } = (await send('GET', 'apps')).reply as { apps: { appId: number; name: string }[] };
  const { name } = apps.find(({ appId }) => appId === deleted.appId)!;
  const { requestId, status } = await send('DELETE', `apps/${deleted.appId}`, { confirm: name });
  expect(status).toBe(200);
  const rows = await rowsOf(`apps/${deleted.appId}/audit`);
  expect(rows.map(({ action }) => action)).toEqual(['app.delete', 'app.setEnabled', 'app.create']);
  expect(rows[0]).toMatchObject({ actor: operator, address: client, requestId });
  expect((await verify(deleted.appId))[1]).toMatchObject({ seq: 3 });
});
