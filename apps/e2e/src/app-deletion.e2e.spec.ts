import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { generateToken04 } from '@polyroom/tokens';
import { countKeys } from './support/redis-keys.js';
import { type RawClient } from './support/raw-client.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** The deletion of an AppID and its creation again, on a real cluster. */
let testCluster: TestCluster;
let app: TestApp;
const open: RawClient[] = [];

beforeAll(async () => {
  testCluster = await TestCluster.start({ mediaNodes: 1, mediaWorkers: 1, messagingInstances: 2 });
  app = await testCluster.createApp({ multiRoom: true });
});
afterAll(async () => {
  open.forEach((client) => client.close());
  await testCluster?.close();
});

async function connect(gateway: 0 | 1): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return testCluster.cluster.admin.send(method, path, body) as Promise<T>;
}

function tokenOf({ appId, serverSecret: secret }: TestApp, userId: string): string {
  return generateToken04({ appId, userId, secret, effectiveTimeSeconds: 60 });
}

/** The code of a read with an API key. */
async function codeWithKey(key: string, path: string): Promise<number> {
  const response = await fetch(`${testCluster.cluster.gateways[1]!.httpUrl}${path}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await response.json()) as { error?: { code: number } }).error?.code ?? 0;
}

/** What the room's log holds for a member. */
async function historyOf(client: RawClient, roomId: string): Promise<unknown> {
  const answer = await client.call('message.history', { roomId, epoch: '', sinceSeq: 0 });
  return 'result' in answer ? answer.result.messages.map(({ content }) => content) : answer;
}

test('ends everything of an AppID except its audit, and creates it again without any of it', async () => {
  const { admin } = testCluster.cluster;
  const { appId } = app;
  const path = `/v1/apps/${appId}`;
  const { name } = (await send<{ apps: { appId: number; name: string }[] }>('GET', '/v1/apps')).apps.find(
    (found) => found.appId === appId,
  )!;
  const [ada, bob] = [await connect(0), await connect(1)];
  for (const roomId of ['tea', 'cake']) {
    expect(await ada.codeOf('room.login', loginParams(app, roomId, 'ada'))).toBe(0);
  }
  expect(await bob.codeOf('room.login', loginParams(app, 'tea', 'bob'))).toBe(0);
  const message = { roomId: 'tea', content: 'of the old one', clientMessageId: 'm1' };
  expect(await ada.codeOf('message.broadcast', message)).toBe(0);
  expect(await historyOf(bob, 'tea')).toEqual(['of the old one']);
  await send('PUT', `${path}/rooms/kept`, { keepMs: 3_600_000 });
  await send('POST', `${path}/bans`, { userId: 'eve', forMs: 3_600_000 });
  await send('POST', `${path}/bans`, { address: '203.0.113.9', forMs: 3_600_000 });

  await send('POST', `${path}/revocations`, { userId: 'eve' });
  await send('PUT', `${path}/rooms/tea/members/bob/mutes/audio`);
  const oldKey = await admin.createApiKey(appId, ['rooms:read']);
  expect(await codeWithKey(oldKey, `${path}/rooms/tea`)).toBe(0);

  await expect(send('DELETE', path, { confirm: 'another name' })).rejects.toMatchObject({
    code: 1190155,
    details: { path: 'confirm' },
  });
  expect(await bob.codeOf('message.broadcast', { ...message, clientMessageId: 'm2' })).toBe(0);

  expect(await send('DELETE', path, { confirm: name })).toEqual({});
  await waitFor(() => [ada, bob].every((client) => client.eventsOf('room.expelled').length > 0), {
    describe: 'the sessions to end',
  });
  for (const client of [ada, bob]) {
    expect(client.eventsOf('room.expelled')).toEqual([{ code: 1000037 }]);
  }
  expect(await (await connect(0)).codeOf('room.login', loginParams(app, 'tea', 'ada'))).toBe(1001004);
  await expect(send('GET', `${path}/entitlements`)).rejects.toMatchObject({ code: 1190102 });
  await expect(send('GET', `${path}/secrets`)).rejects.toMatchObject({ code: 1190102 });
  await expect(send('DELETE', path, { confirm: name })).rejects.toMatchObject({ code: 1190102 });
  await waitFor(async () => (await countKeys(testCluster.cluster, appId, '')) === 0, {
    describe: 'the keys of the AppID to be gone',
  });

  const fresh = {
    appId,
    ...(await admin.createApp({
      ...{ appId, name: 'fresh' },
      credentialKinds: ['appSign', 'token04', 'native'],
    })),
  };
  const old = tokenOf(app, 'eve');
  const eve = await connect(0);
  const byOld = loginParams(fresh, 'tea', 'eve', { appSign: undefined, token: old, mode: 'single' });
  expect(await eve.codeOf('room.login', byOld)).toBe(1002033);
  const bySign = loginParams(app, 'tea', 'eve', { mode: 'single' });
  expect(await eve.codeOf('room.login', bySign)).toBe(1001005);
  expect(await codeWithKey(oldKey, `${path}/rooms/tea`)).toBe(1190121);
  // Multi-room mode is off by default, and she is neither banned nor are her tokens revoked any more.
  const token = tokenOf(fresh, 'eve');
  const byToken = { appSign: undefined, token };
  expect(await eve.codeOf('room.login', loginParams(fresh, 'tea', 'eve', byToken))).toBe(1002036);
  expect(
    await eve.codeOf('room.login', loginParams(fresh, 'tea', 'eve', { ...byToken, mode: 'single' })),
  ).toBe(0);
  expect(await send('GET', `${path}/rooms/tea/members/bob/mutes`)).toEqual({ kinds: [] });
  expect(await historyOf(eve, 'tea')).toEqual([]);
  const again = { roomId: 'tea', content: 'of the new one', clientMessageId: 'm1' };
  expect(await eve.codeOf('message.broadcast', again)).toBe(0);
  expect(await historyOf(eve, 'tea')).toEqual(['of the new one']);

  // The first revocation of the new AppID counts, though the old one had as many.
  await send('POST', `${path}/revocations`, { token });
  await waitFor(
    async () => {
      const client = await connect(1);
      const params = loginParams(fresh, 'tea', 'eve', { ...byToken, mode: 'single' });
      return (await client.codeOf('room.login', params)) === 1190403;
    },
    { timeoutMs: 2000, describe: 'the token to be refused' },
  );

  const actions = (await admin.listAudit(appId)).map(({ action }) => action);
  expect(actions.filter((action) => action.startsWith('app.'))).toEqual([
    ...['app.create', 'app.delete', 'app.setEnabled', 'app.create'],
  ]);
  expect(actions.slice(actions.indexOf('app.delete'))).toEqual(
    expect.arrayContaining(['apiKey.create', 'tokens.revoke', 'entitlement.set']),
  );
});

test('stays disabled if a service is unavailable meanwhile, and is deleted by the next request', async () => {
  const other = await testCluster.createApp();
  const path = `/v1/apps/${other.appId}`;
  const { apps } = await send<{ apps: { appId: number; name: string }[] }>('GET', '/v1/apps');
  const { name } = apps.find(({ appId }) => appId === other.appId)!;
  const client = await connect(0);
  expect(await client.codeOf('room.login', loginParams(other, 'tea', 'ada', { mode: 'single' }))).toBe(0);
  const room = testCluster.cluster.process('room-1');
  room.kill('SIGSTOP');
  try {
    await expect(send('DELETE', path, { confirm: name })).rejects.toMatchObject({ code: expect.any(Number) });
  } finally {
    room.kill('SIGCONT');
  }
  const second = await connect(1);
  expect(await second.codeOf('room.login', loginParams(other, 'tea', 'bob', { mode: 'single' }))).toBe(
    1000037,
  );
  expect(await send('DELETE', path, { confirm: name })).toEqual({});
  expect(await second.codeOf('room.login', loginParams(other, 'tea', 'bob', { mode: 'single' }))).toBe(
    1001004,
  );
});
