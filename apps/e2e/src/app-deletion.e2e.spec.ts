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
}, 120_000);
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

/** What the room's log holds for a member. */
async function historyOf(client: RawClient, roomId: string): Promise<unknown> {
  const answer = await client.call('message.history', { roomId, epoch: '', sinceSeq: 0 });
  return 'result' in answer ? answer.result.messages.map(({ content }) => content) : answer;
}

test('ends everything of an AppID except its audit, and creates it again without any of it', async () => {
  const { admin } = testCluster.cluster;
  const { appId } = app;
  const path = `/v1/admin/apps/${appId}`;
  const { name } = (
    await send<{ apps: { appId: number; name: string }[] }>('GET', '/v1/admin/apps')
  ).apps.find((found) => found.appId === appId)!;
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

  await expect(send('DELETE', path, { confirm: 'another name' })).rejects.toMatchObject({
    code: 1190155,
    details: { path: 'confirm' },
  });
  expect(await bob.codeOf('message.broadcast', { ...message, clientMessageId: 'm2' })).toBe(0);

  expect(await send('DELETE', path, { confirm: name })).toEqual({ rooms: 3, members: 3 });
  await waitFor(
    () => ada.eventsOf('room.expelled').length === 2 && bob.eventsOf('room.expelled').length === 1,
    {
      describe: 'the members to be removed',
    },
  );
  expect(ada.eventsOf('room.expelled').map(({ code }) => code)).toEqual([1002055, 1002055]);
  expect(await (await connect(0)).codeOf('room.login', loginParams(app, 'tea', 'ada'))).toBe(1001004);
  await expect(send('GET', `${path}/entitlements`)).rejects.toMatchObject({ code: 1190102 });
  await expect(send('GET', `${path}/secrets`)).rejects.toMatchObject({ code: 1190102 });
  await expect(send('DELETE', path, { confirm: name })).rejects.toMatchObject({ code: 1190102 });
  await waitFor(async () => (await countKeys(testCluster.cluster, appId, '')) === 0, {
    describe: 'the keys of the AppID to be gone',
  });

  const fresh = { appId, ...(await admin.createApp({ appId, name: 'fresh' })) };
  const old = generateToken04({ appId, userId: 'eve', secret: app.serverSecret, effectiveTimeSeconds: 60 });
  const eve = await connect(0);
  const byOld = loginParams(fresh, 'tea', 'eve', { appSign: undefined, token: old, mode: 'single' });
  expect(await eve.codeOf('room.login', byOld)).toBe(1002033);
  const bySign = loginParams(app, 'tea', 'eve', { mode: 'single' });
  expect(await eve.codeOf('room.login', bySign)).toBe(1001005);
  // Multi-room mode is off by default, and she is not banned any more.
  expect(await eve.codeOf('room.login', loginParams(fresh, 'tea', 'eve'))).toBe(1002036);
  expect(await eve.codeOf('room.login', loginParams(fresh, 'tea', 'eve', { mode: 'single' }))).toBe(0);
  expect(await historyOf(eve, 'tea')).toEqual([]);
  const again = { roomId: 'tea', content: 'of the new one', clientMessageId: 'm1' };
  expect(await eve.codeOf('message.broadcast', again)).toBe(0);
  expect(await historyOf(eve, 'tea')).toEqual(['of the new one']);

  expect((await admin.listAudit(appId)).map(({ action }) => action)).toEqual([
    'app.create',
    'app.delete',
    'app.setEnabled',
    'entitlement.set',
    'app.create',
  ]);
});

test('stays disabled if a service is unavailable meanwhile, and is deleted by the next request', async () => {
  const other = await testCluster.createApp();
  const path = `/v1/admin/apps/${other.appId}`;
  const { apps } = await send<{ apps: { appId: number; name: string }[] }>('GET', '/v1/admin/apps');
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
  expect(await send('DELETE', path, { confirm: name })).toMatchObject({ rooms: expect.any(Number) });
  expect(await second.codeOf('room.login', loginParams(other, 'tea', 'bob', { mode: 'single' }))).toBe(
    1001004,
  );
}, 90_000);
