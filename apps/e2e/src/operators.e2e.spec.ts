import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OperatorGrant } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import pLimit from 'p-limit';
import { readSessionTable, type SessionRow } from './support/http-routes.js';
import { OperatorClient } from './support/operator-client.js';
import { askStep, callback, type SessionKind, signOut } from './support/session-steps.js';
import { TestCluster } from './support/test-cluster.js';

let cluster: TestCluster;
let owner: OperatorClient;
let appId: number;
let created = 0;
/** None of them may be in a log. */
const secrets: string[] = [];
const ownerPassword = 'violet harbour mechanic 9';
const sessionTable = await readSessionTable();
const limit = pLimit(16);

beforeAll(async () => {
  // The cells of sessions come from many addresses, because failures per address are limited.
  cluster = await TestCluster.withConsole({ gatewayEnv: { POLYROOM_TRUSTED_PROXIES: '127.0.0.1' } });
  ({ appId } = await cluster.createApp());
  owner = newClient();
});
afterAll(() => cluster?.close());

function newClient(gateway: 0 | 1 = 0): OperatorClient {
  const { gateways, consoleUrl } = cluster.cluster;
  return new OperatorClient(gateways[gateway]!.httpUrl, new URL(consoleUrl!).origin);
}

async function newOperator(grants: OperatorGrant[]) {
  created += 1;
  const email = `operator${created}@example.com`;
  const { operator, temporaryPassword } = (await owner.must('POST', '/operators', {
    ...{ email, name: 'Test', grants },
  })) as { operator: { operatorId: string }; temporaryPassword: string };
  const client = newClient();
  const password = `violet harbour mechanic ${created}`;
  await client.signInFirst(email, temporaryPassword, password);
  secrets.push(temporaryPassword, password, client.credential, decodeURIComponent(client.credential));
  return { client, email, password, operatorId: operator.operatorId };
}

/** The codes with which both gateways answer the credential; asked often, so that they have a statement. */
async function codesOf(credential: string, path: string): Promise<number[]> {
  return Promise.all(
    cluster.cluster.gateways.map(async ({ httpUrl }) => {
      const headers = { authorization: `Bearer ${credential}` };
      const answer = (await (await fetch(`${httpUrl}/v1${path}`, { headers })).json()) as {
        error?: { code: number };
      };
      return answer.error?.code ?? 0;
    }),
  );
}

test('the first owner signs in as the private file says, replaces the password, and adds operators', async () => {
  const { firstOwnerFile } = cluster.cluster;
  expect((await stat(firstOwnerFile)).mode & 0o777).toBe(0o600);
  const text = await readFile(firstOwnerFile, 'utf8');
  const [, email, temporaryPassword] = /E-mail: +(\S+)\nTemporary password: (\S+)/.exec(text)!;
  expect(cluster.logsWith('first owner created').length).toBe(1);
  expect(cluster.logsWith(temporaryPassword!)).toEqual([]);
  secrets.push(temporaryPassword!, ownerPassword);

  expect((await owner.send('POST', '/session', { email, password: temporaryPassword })).body).toEqual({
    next: 'done',
  });
  expect(await owner.send('GET', '/operators')).toMatchObject({ status: 403, code: 1190142 });
  await owner.must('PUT', '/session/password', {
    ...{ currentPassword: temporaryPassword, newPassword: ownerPassword },
  });
  const { operators } = (await owner.must('GET', '/operators')) as { operators: { email: string }[] };
  expect(operators.map((operator) => operator.email)).toEqual([email]);
  const { client } = await newOperator([{ role: 'operator', appId }]);
  expect(await client.send('GET', `/apps/${appId}/rooms/lobby/members`)).toMatchObject({ code: 0 });
  expect(await client.send('GET', '/operators')).toMatchObject({ status: 403, code: 1190141 });
  expect(await client.send('PUT', `/apps/${appId}/entitlements/multiRoom`, { value: true })).toMatchObject({
    ...{ status: 403, code: 1190141 },
  });
});

test('an ended session, a disabled account and a lowered role hold at both gateways within 2 s', async () => {
  const path = `/apps/${appId}/api-keys`;
  const cases: [string, number, (operatorId: string, client: OperatorClient) => Promise<unknown>][] = [
    ['sign-out', 1190101, (_id, client) => client.must('DELETE', '/session')],
    ['ended by an owner', 1190101, (id) => owner.must('DELETE', `/operators/${id}/sessions`)],
    ['disabled', 1190101, (id) => owner.must('PUT', `/operators/${id}/enabled`, { enabled: false })],
    [
      'other AppID',
      1190141,
      (id) => owner.must('PUT', `/operators/${id}/grants`, { grants: [{ role: 'viewer', appId: 1 }] }),
    ],
    ['password reset', 1190101, (id) => owner.must('POST', `/operators/${id}/password-reset`)],
    ['factors removed', 1190101, (id) => owner.must('DELETE', `/operators/${id}/factors`)],
  ];
  for (const [name, code, act] of cases) {
    const { client, operatorId } = await newOperator([{ role: 'viewer', appId }]);
    const { credential } = client;
    expect([name, ...(await codesOf(credential, path))]).toEqual([name, 0, 0]);
    const startedAtMs = Date.now();
    await act(operatorId, client);
    await waitFor(async () => (await codesOf(credential, path)).every((each) => each === code), {
      timeoutMs: 2000,
      describe: `both gateways to refuse: ${name}`,
    });
    expect(Date.now() - startedAtMs).toBeLessThan(2000);
  }
});

test('a session of one gateway is valid at the other one', async () => {
  const { client, email } = await newOperator([{ role: 'viewer' }]);
  expect(await codesOf(client.credential, '/apps')).toEqual([0, 0]);
  expect(await client.must('GET', '/session')).toMatchObject({
    operator: { email },
    session: { address: '127.0.0.1' },
  });
});

/** Each kind of session, with what the table says for it. */
async function everySession(): Promise<SessionKind[]> {
  const grants: OperatorGrant[] = [{ role: 'operator', appId }];
  const [anOwner, operator, viewer, ended] = [
    (await newOperator([{ role: 'owner' }])).client.credential,
    (await newOperator(grants)).client.credential,
    (await newOperator([{ role: 'viewer', appId }])).client.credential,
    (await newOperator(grants)).client,
  ];
  const endedCookie = ended.credential;
  await ended.must('DELETE', '/session');
  const temporary = newClient();
  const email = 'temporary@example.com';
  const created = await owner.must('POST', '/operators', { email, name: 'Test', grants });
  await temporary.must('POST', '/session', { email, password: created['temporaryPassword'] });
  const apiKey = await cluster.cluster.admin.createApiKey(appId, ['rooms:read']);

  const origin = new URL(cluster.cluster.consoleUrl!).origin;
  const elsewhere = 'https://page.example';
  const without = (row: SessionRow) => row.withoutSession;
  const signedIn = (row: SessionRow) => row.signedIn;
  const ofAnotherPage = (row: SessionRow) => (row.route === callback ? row.signedIn : '1190147');
  const isRead = (row: SessionRow) => row.route.startsWith('GET ');
  return [
    { name: 'none', expected: without },
    { name: 'unknown', cookie: 'unknown.c2lnbmF0dXJl', origin, expected: without },
    { name: 'ended', cookie: endedCookie, origin, expected: without },
    { name: 'API key', bearer: apiKey, expected: without },
    { name: 'admin token', bearer: cluster.cluster.adminToken, expected: without },
    { name: 'session as a bearer', bearer: anOwner, expected: without },
    { name: 'another page', cookie: anOwner, origin: elsewhere, expected: ofAnotherPage },
    { name: 'another page, no session', origin: elsewhere, expected: ofAnotherPage },
    { name: 'no origin', cookie: anOwner, expected: (row) => (isRead(row) ? row.signedIn : '1190147') },
    {
      ...{ name: 'temporary password', cookie: temporary.credential, origin },
      expected: (row) => row.temporaryPassword,
    },
    { name: 'viewer', cookie: viewer, origin, expected: signedIn },
    { name: 'operator', cookie: operator, origin, expected: signedIn },
    { name: 'owner', cookie: anOwner, origin, expected: signedIn },
  ];
}

test('every route of a session: without one and with every kind, as the table says', async () => {
  const gateway = cluster.cluster.gateways[0]!.httpUrl;
  const kinds = await everySession();
  const cells: { actual: string; expected: string }[] = [];
  // Last: it ends the session.
  const isSignOut = ({ route }: SessionRow) => route === signOut;
  for (const rows of [sessionTable.filter((row) => !isSignOut(row)), sessionTable.filter(isSignOut)]) {
    const pairs = rows.flatMap((row) => kinds.map((kind) => ({ row, kind })));
    cells.push(
      ...(await limit.map(pairs, async ({ row, kind }) => {
        const cell = `${kind.name}: ${row.route}`;
        const outcome = await askStep(gateway, row.route, kind);
        return { actual: `${cell}: ${outcome}`, expected: `${cell}: ${kind.expected(row)}` };
      })),
    );
  }
  expect(cells.length).toBeGreaterThan(200);
  expect(cells.map(({ actual }) => actual)).toEqual(cells.map(({ expected }) => expected));
});

test('a session of another operator is as one that does not exist, and stays', async () => {
  const [one, other] = [
    (await newOperator([{ role: 'owner' }])).client,
    (await newOperator([{ role: 'owner' }])).client,
  ];
  const { session } = (await one.must('GET', '/session')) as { session: { sessionId: string } };
  const refused = { status: 404, code: 1190149 };
  expect(await other.send('DELETE', `/session/list/${session.sessionId}`)).toMatchObject(refused);
  expect(await other.send('DELETE', '/session/list/none')).toMatchObject(refused);
  await one.must('GET', '/session');
});

test('no secret of an operator is in a log', async () => {
  expect(secrets.length).toBeGreaterThan(10);
  expect(secrets.flatMap((secret) => cluster.logsWith(secret))).toEqual([]);
});
