import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { waitFor } from '@polyroom/testing';
import pLimit from 'p-limit';
import { OperatorClient } from './support/operator-client.js';
import {
  type PermissionRow,
  readPermissionTable,
  readRoleTable,
  type RoleGrant,
  rolesAllow,
} from './support/permission-table.js';
import { allServices, TestCluster } from './support/test-cluster.js';

/**
 * Every route of the REST API with every kind of credential. The oracle are the tables of docs/api-keys.md and
 * docs/operators.md.
 */
const table = await readPermissionTable();
const roleTable = await readRoleTable();
const grantable = [...new Set(table.filter((row) => row.isForApiKeys).map((row) => row.permission))];

/** Refusals of credentials; any other answer means that the credential is accepted. */
const refusals = new Set([1190101, 1190111, 1190121, 1190122, 1190123, 1190126, 1190141, 1000037]);

/** Valid bodies: an accepted request reaches the service, which verifies the statement. */
const bodies: Record<string, unknown> = {
  'POST /v1/apps': { appId: 1, name: 'again' },
  'PUT /v1/apps/{appId}/enabled': { enabled: true },
  'POST /v1/apps/{appId}/api-keys': { name: 'more', permissions: ['rooms:read'], expiresInMs: 1000 },
  'PUT /v1/apps/{appId}/api-keys/{keyId}/expiry': { expiresInMs: 0 },
  'PUT /v1/apps/{appId}/entitlements/{name}': { value: null },
  'PUT /v1/apps/{appId}/rooms/{roomId}': { keepMs: 0 },
  'PUT /v1/apps/{appId}/rooms/{roomId}/attributes': { changes: [{ key: 'k', value: 'v' }] },
  'POST /v1/apps/{appId}/rooms/{roomId}/messages': { kind: 'broadcast', content: 'hello' },
  'PUT /v1/apps/{appId}/login-hook': { url: 'https://app.example/login', onFailure: 'allow' },
  'POST /v1/apps/{appId}/webhooks': { url: 'https://app.example/hook', enabled: false },
  'PATCH /v1/apps/{appId}/webhooks/{endpointId}': { description: 'd' },
  'POST /v1/apps/{appId}/webhooks/{endpointId}/secret': {},
  'POST /v1/apps/{appId}/webhooks/{endpointId}/replay': { fromMs: 0 },
  'POST /v1/apps/{appId}/users/{userId}/move': { from: 'r', to: 'other' },
  'POST /v1/apps/{appId}/users/{userId}/copy': { to: 'other' },
  'POST /v1/apps/{appId}/bans': { userId: 'u', forMs: 0 },
};
const parameters: Record<string, string> = {
  cursor: '1-0',
  endpointId: `wh_${'0'.repeat(16)}`,
  keyId: `pr_live_${'0'.repeat(16)}`,
  kind: 'audio',
  messageId: '1',
  name: 'multiRoom',
  operatorId: 'none',
  sessionId: 'none',
  recordingId: `rc_none_${'0'.repeat(32)}`,
  roomId: 'r',
  streamId: 's',
  userId: 'u',
};

/** AppIDs of the cells, besides those of the routes for all AppIDs. */
const apps = ['own', 'other'] as const;
/** A refused credential is answered after 100 ms, so most of the time of a cell is spent waiting. */
const limit = pLimit(16);
const cells = { compared: 0, equal: 0 };
let cluster: TestCluster;
let appId: number;
let otherAppId: number;

beforeAll(async () => {
  // Each request names another client address, because failures per address are limited.
  cluster = await TestCluster.start({
    ...allServices,
    gatewayEnv: { POLYROOM_TRUSTED_PROXIES: '127.0.0.1' },
  });
  ({ appId } = await cluster.createApp());
  ({ appId: otherAppId } = await cluster.createApp());
});
afterAll(async () => {
  await cluster?.close();
  console.info(`authorisation matrix of REST: ${cells.compared} cells compared, ${cells.equal} equal`);
});

async function askOnce(
  { route }: PermissionRow,
  credential: string | undefined,
  { ofAppId = appId, gateway = 0 }: { ofAppId?: number; gateway?: 0 | 1 } = {},
): Promise<{ status: number; code: number; message: string }> {
  const [method, template] = route.split(' ') as [string, string];
  const path = template.replace(/\{(\w+)\}/g, (_all, name: string) =>
    name === 'appId' ? String(ofAppId) : parameters[name]!,
  );
  const body = bodies[route];
  const response = await fetch(`${cluster.cluster.gateways[gateway]!.httpUrl}${path}`, {
    method,
    headers: {
      'x-forwarded-for': nextAddress(),
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // An export is not one JSON document.
  const error =
    response.ok || text === ''
      ? undefined
      : (JSON.parse(text) as { error: { code: number; message: string } }).error;
  return { status: response.status, code: error?.code ?? 0, message: error?.message ?? '' };
}

/** An answer of busy servers tells nothing about authority: it is asked again. */
async function ask(...request: Parameters<typeof askOnce>): ReturnType<typeof askOnce> {
  const answer = await askOnce(...request);
  return answer.status === 504 ? askOnce(...request) : answer;
}

/** Asks every route, for both AppIDs, and compares the outcomes with those that the documentation gives. */
async function compare(
  name: string,
  credential: string | undefined,
  expectedOf: (row: PermissionRow, app: 'own' | 'other') => string,
): Promise<string[]> {
  // No cell changes the credential, the roles or the AppIDs of another one.
  const asked = await limit.map(
    table.flatMap((row) => apps.map((app) => ({ row, app }))),
    async ({ row, app }) => {
      const answer = await ask(row, credential, { ofAppId: app === 'own' ? appId : otherAppId });
      return { cell: `${name}: ${row.route}: ${app} AppID`, answer, expected: expectedOf(row, app) };
    },
  );
  const actual = asked.map(({ cell, answer }) => `${cell}: ${refusalOf(answer)}`);
  const expected = asked.map((each) => `${each.cell}: ${each.expected}`);
  cells.compared += actual.length;
  cells.equal += actual.filter((cell, at) => cell === expected[at]).length;
  expect(actual).toEqual(expected);
  return asked.map(({ answer }) => answer.message);
}

let asked = 0;
function nextAddress(): string {
  asked += 1;
  return `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
}

const createKey = (permissions: string[], ofAppId = appId): Promise<string> =>
  cluster.cluster.admin.createApiKey(ofAppId, permissions);
const keyPath = (key: string): string => `/v1/apps/${appId}/api-keys/${key.slice(0, 24)}`;

test('the table lists every route of the REST API with the permission that the route declares', async () => {
  const document = (await (await fetch(`${cluster.cluster.gateways[0]!.httpUrl}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { 'x-permission'?: string }>>;
  };
  const declared = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, item]) =>
      Object.entries(item)
        // A gateway starts only if all routes have one, but those of a sign-in.
        .filter(([, operation]) => operation['x-permission'] !== undefined)
        .map(([method, operation]) => `${method.toUpperCase()} ${path} ${operation['x-permission']}`),
    );
  expect(table.length).toBeGreaterThan(20);
  expect(table.map(({ route, permission }) => `${route} ${permission}`).sort()).toEqual(declared.sort());
});

test('the local operator may use every route; without a credential or with a wrong one none', async () => {
  await compare('none', undefined, () => '401 1190101');
  await compare('wrong', 'wrong', () => '401 1190101');
  await compare('local operator', cluster.cluster.adminToken, () => 'accepted');
});

test('an API key may use the routes of its permission in its own AppID, and no other one', async () => {
  for (const permission of grantable) {
    await compare(`key with ${permission}`, await createKey([permission]), (row, app) => {
      if (!row.isOfApp || app === 'other') {
        return '403 1190122';
      }
      return row.isForApiKeys && row.permission === permission ? 'accepted' : '403 1190123';
    });
  }
});

test('a HEAD is refused as its GET', async () => {
  const key = await createKey(['rooms:read']);
  const requests = table
    .filter(({ route }) => route.startsWith('GET '))
    .map((row) => ({ ...row, route: row.route.replace('GET', 'HEAD') }))
    .flatMap((row) =>
      apps.flatMap((app) => [undefined, key].map((credential) => ({ row, app, credential }))),
    );
  const asked = await limit.map(requests, async ({ row, app, credential }) => {
    const { status } = await ask(row, credential, { ofAppId: app === 'own' ? appId : otherAppId });
    const isAllowed = app === 'own' && row.isOfApp && row.isForApiKeys && row.permission === 'rooms:read';
    const expected = credential === undefined ? 401 : isAllowed ? 'accepted' : 403;
    const cell = `${credential === undefined ? 'none' : 'key'}: ${row.route}: ${app} AppID`;
    const isRefused = [401, 403].includes(status) || status >= 500;
    return [`${cell}: ${isRefused ? status : 'accepted'}`, `${cell}: ${expected}`] as const;
  });
  cells.compared += asked.length;
  cells.equal += asked.filter(([actual, expected]) => actual === expected).length;
  expect(asked.map(([actual]) => actual)).toEqual(asked.map(([, expected]) => expected));
});

test('an expired, a revoked and an unknown API key are refused by every route, with one text', async () => {
  const [expired, revoked] = [await createKey(grantable), await createKey(grantable)];
  await cluster.cluster.admin.send('PUT', `${keyPath(expired)}/expiry`, { expiresInMs: 0 });
  await cluster.cluster.admin.send('DELETE', keyPath(revoked));
  const unknown = `pr_live_${'0'.repeat(16)}_${'0'.repeat(64)}`;
  const texts = new Set<string>();
  for (const [name, key] of Object.entries({ expired, revoked, unknown })) {
    (await compare(`${name} key`, key, () => '401 1190121')).forEach((text) => texts.add(text));
  }
  expect(texts.size).toBe(1);
});

test('an operator may use the routes of its roles, in the AppIDs of its roles, until the session ends', async () => {
  const owner = await signInFirstOwner();
  const profiles: RoleGrant[][] = [
    [{ role: 'owner' }],
    [{ role: 'operator' }],
    [{ role: 'viewer' }],
    [{ role: 'operator', appId }],
    [{ role: 'viewer', appId }],
    [{ role: 'operator', appId: otherAppId }],
    [{ role: 'viewer' }, { role: 'operator', appId }],
  ];
  for (const [number, grants] of profiles.entries()) {
    const name = grants.map(({ role, appId: of }) => `${role} of ${of ?? 'all'}`).join(' and ');
    const email = `matrix${number}@example.com`;
    const created = await owner.must('POST', '/operators', { email, name: 'Matrix', grants });
    const client = newOperatorClient();
    const password = `violet harbour mechanic ${number}`;
    await client.signInFirst(email, created['temporaryPassword'] as string, password);
    const { credential } = client;
    await compare(name, credential, (row, app) => {
      const target = app === 'own' ? appId : otherAppId;
      return rolesAllow(roleTable.get(row.permission)!, grants, target) ? 'accepted' : '403 1190141';
    });
    if (number === 0) {
      await client.must('DELETE', '/session');
      await compare(`${name}, signed out`, credential, () => '401 1190101');
    }
  }
});

function newOperatorClient(): OperatorClient {
  // The origin of the console on its default port: a page of it is not needed.
  return new OperatorClient(cluster.cluster.gateways[0]!.httpUrl, 'http://localhost:7088');
}

async function signInFirstOwner(): Promise<OperatorClient> {
  const text = await readFile(cluster.cluster.firstOwnerFile, 'utf8');
  const [, email, temporaryPassword] = /E-mail: +(\S+)\nTemporary password: (\S+)/.exec(text)!;
  const owner = newOperatorClient();
  await owner.signInFirst(email!, temporaryPassword!, 'violet harbour mechanic owner');
  return owner;
}

test('a revocation and an expiry hold at every gateway within 2 s', async () => {
  const row = table.find(({ route }) => route.endsWith('/rooms/{roomId}/members'))!;
  for (const end of [
    (key: string) => cluster.cluster.admin.send('DELETE', keyPath(key)),
    (key: string) => cluster.cluster.admin.send('PUT', `${keyPath(key)}/expiry`, { expiresInMs: 0 }),
  ]) {
    const key = await createKey(['rooms:read']);
    const codes = async () =>
      Promise.all(([0, 1] as const).map(async (gateway) => (await ask(row, key, { gateway })).code));
    expect(await codes()).toEqual([0, 0]);
    const endedAtMs = Date.now();
    await end(key);
    await waitFor(async () => (await codes()).every((code) => code === 1190121), {
      timeoutMs: 2000,
      describe: 'both gateways to refuse the key',
    });
    expect(Date.now() - endedAtMs).toBeLessThan(2000);
  }
});

test('changes of an API key are audited under the operator, without its secret', async () => {
  const key = await createKey(['rooms:read']);
  await cluster.cluster.admin.send('DELETE', keyPath(key));
  const entries = await cluster.cluster.admin.listAudit(appId);
  expect(entries.slice(0, 2)).toMatchObject([
    { actor: 'local-admin', action: 'apiKey.revoke', subject: key.slice(0, 24) },
    { actor: 'local-admin', action: 'apiKey.create', subject: key.slice(0, 24) },
  ]);
  expect(JSON.stringify(entries)).not.toContain(key.slice(-64));
  expect(cluster.logsWith(key.slice(-64))).toEqual([]);
});

function refusalOf({ status, code }: { status: number; code: number }): string {
  // An error of the servers is neither: it must not pass for an accepted request.
  return refusals.has(code) || status === 429 || status >= 500 ? `${status} ${code}` : 'accepted';
}
