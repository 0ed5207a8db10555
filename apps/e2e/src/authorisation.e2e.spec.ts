import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { recorderRpc, roomAdminRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type PermissionRow, readPermissionTable } from './support/permission-table.js';
import { TestCluster } from './support/test-cluster.js';

/** Every route of the admin API with every kind of credential; the oracle is the table of docs/api-keys.md. */
const table = await readPermissionTable();
const grantable = [...new Set(table.filter((row) => row.isForApiKeys).map((row) => row.permission))];

/** Refusals of credentials; any other answer means that the credential is accepted. */
const refusals = new Set([1190101, 1190111, 1190121, 1190122, 1190123, 1190126, 1000037]);

/** Valid bodies: an accepted request reaches the service, which verifies the statement. */
const bodies: Record<string, unknown> = {
  'POST /v1/admin/apps': { appId: 1, name: 'again' },
  'PUT /v1/admin/apps/{appId}/enabled': { enabled: true },
  'POST /v1/admin/apps/{appId}/api-keys': { name: 'more', permissions: ['rooms:read'], expiresInMs: 1000 },
  'PUT /v1/admin/apps/{appId}/api-keys/{keyId}/expiry': { expiresInMs: 0 },
  'PUT /v1/admin/apps/{appId}/entitlements/{name}': { value: null },
  'PUT /v1/admin/apps/{appId}/rooms/{roomId}': { keepMs: 0 },
  'PUT /v1/admin/apps/{appId}/rooms/{roomId}/attributes': { changes: [{ key: 'k', value: 'v' }] },
  'POST /v1/admin/apps/{appId}/rooms/{roomId}/messages': { kind: 'broadcast', content: 'hello' },
  'POST /v1/admin/apps/{appId}/bans': { userId: 'u', forMs: 0 },
};
const parameters: Record<string, string> = {
  keyId: `pr_live_${'0'.repeat(16)}`,
  kind: 'audio',
  name: 'multiRoom',
  operatorId: 'none',
  sessionId: 'none',
  recordingId: `rc_none_${'0'.repeat(32)}`,
  roomId: 'r',
  streamId: 's',
  userId: 'u',
};

let cluster: TestCluster;
let appId: number;
let otherAppId: number;

beforeAll(async () => {
  // Each request names another client address, because failures per address are limited.
  cluster = await TestCluster.start({ gatewayEnv: { POLYROOM_TRUSTED_PROXIES: '127.0.0.1' } });
  ({ appId } = await cluster.createApp());
  ({ appId: otherAppId } = await cluster.createApp());
}, 120_000);
afterAll(() => cluster?.close());

async function ask(
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
  const { error } = (await response.json()) as { error?: { code: number; message: string } };
  return { status: response.status, code: error?.code ?? 0, message: error?.message ?? '' };
}

let asked = 0;
function nextAddress(): string {
  asked += 1;
  return `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
}

const createKey = (permissions: string[], ofAppId = appId): Promise<string> =>
  cluster.cluster.admin.createApiKey(ofAppId, permissions);
const keyPath = (key: string): string => `/v1/admin/apps/${appId}/api-keys/${key.slice(0, 24)}`;

test('the table lists every route of the admin API with the permission that the route declares', async () => {
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

test('an operator may use every route; without a credential or with a wrong one none', async () => {
  for (const row of table) {
    expect([row.route, await ask(row, undefined)]).toMatchObject([row.route, { status: 401, code: 1190101 }]);
    expect([row.route, await ask(row, 'wrong')]).toMatchObject([row.route, { status: 401, code: 1190101 }]);
    const { code } = await ask(row, cluster.cluster.adminToken);
    expect([row.route, code, refusals.has(code)]).toEqual([row.route, code, false]);
  }
}, 60_000);

test('an API key may use the routes of its permission in its own AppID, and no other one', async () => {
  for (const permission of grantable) {
    const key = await createKey([permission]);
    const outcomes = await Promise.all(
      table.map(async (row) => {
        const [own, other] = [await ask(row, key), await ask(row, key, { ofAppId: otherAppId })];
        return [`${permission}: ${row.route}`, refusalOf(own), refusalOf(other)];
      }),
    );
    const expected = table.map((row) => {
      const own = !row.isOfApp
        ? '403 1190122'
        : row.isForApiKeys && row.permission === permission
          ? 'accepted'
          : '403 1190123';
      return [`${permission}: ${row.route}`, own, '403 1190122'];
    });
    expect(outcomes).toEqual(expected);
  }
}, 120_000);

test('an expired, a revoked and an unknown API key are refused by every route, with one text', async () => {
  const [expired, revoked] = [await createKey(grantable), await createKey(grantable)];
  await cluster.cluster.admin.send('PUT', `${keyPath(expired)}/expiry`, { expiresInMs: 0 });
  await cluster.cluster.admin.send('DELETE', keyPath(revoked));
  const unknown = `pr_live_${'0'.repeat(16)}_${'0'.repeat(64)}`;
  const texts = new Set<string>();
  for (const row of table) {
    for (const key of [expired, revoked, unknown]) {
      for (const ofAppId of [appId, otherAppId]) {
        const { status, code, message } = await ask(row, key, { ofAppId });
        expect([row.route, status, code]).toEqual([row.route, 401, 1190121]);
        texts.add(message);
      }
    }
  }
  expect(texts.size).toBe(1);
}, 120_000);

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
}, 30_000);

test('the services refuse a privileged request over the bus without a genuine statement', async () => {
  const bus = await Bus.connect({ url: cluster.cluster.natsUrl, name: 'forger' });
  try {
    for (const more of [{}, { statement: 'local-admin' }]) {
      const requests = [
        bus.request(roomAdminRpc.kickUser, { appId, userId: 'u' }, more),
        bus.request(roomAdminRpc.setBan, { appId, userId: 'u', forMs: 1 }, more),
        bus.request(recorderRpc.beginRecording, { appId, roomId: 'r' }, more),
      ];
      for (const request of requests) {
        await expect(request).rejects.toMatchObject({ code: 1190126 });
      }
    }
  } finally {
    await bus.close();
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
  return refusals.has(code) ? `${status} ${code}` : 'accepted';
}
