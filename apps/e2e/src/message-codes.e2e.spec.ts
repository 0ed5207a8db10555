import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

const moderatedAppId = 4242;
const small = { multiRoom: true, maxMessageBytes: 16, maxTransparentBytes: 16 };
let testCluster: SharedCluster;
let moderation: Server;
let app: TestApp;
let users = 0;

/** Every error code of messages, provoked over a real socket of a real cluster. */
beforeAll(async () => {
  moderation = createServer((request, response) => {
    let text = '';
    request.on('data', (data) => (text += String(data)));
    request.on('end', () => {
      const { content } = JSON.parse(text) as { content: string };
      response.end(JSON.stringify({ action: content === 'rude' ? 'refuse' : 'allow' }));
    });
  });
  testCluster = await SharedCluster.attach();
  const port = testCluster.moderationPortOf(moderatedAppId);
  await new Promise<void>((resolve) => moderation.listen(port, '127.0.0.1', () => resolve()));
  app = await testCluster.createApp(small);
});
afterAll(async () => {
  await testCluster?.close();
  moderation?.close();
});

async function enter(to: TestApp, roomId: string): Promise<RawClient> {
  const client = await testCluster.connect(0);
  expect(await client.codeOf('room.login', loginParams(to, roomId, `user-${++users}`))).toBe(0);
  return client;
}

const id = { clientMessageId: 'm' };
const toAll = { ...id, to: [] };

test.each([
  ['message.broadcast', { content: 'x', ...id }],
  ['message.command', { content: 'x', ...toAll }],
  ['message.barrage', { content: 'x' }],
  ['message.transparent', { content: 'AA==', mode: 'clients', ...toAll }],
])(
  'refuses %s outside of any room with 1000002, and in another or unnamed room with 1009005',
  async (method, params) => {
    const client = await testCluster.connect(0);
    expect(await client.codeOf(method, { roomId: 'here', ...params })).toBe(1000002);
    expect(await client.codeOf('room.login', loginParams(app, 'here', `user-${++users}`))).toBe(0);
    expect(await client.codeOf(method, { roomId: 'elsewhere', ...params })).toBe(1009005);
    expect(await client.codeOf(method, { roomId: '', ...params })).toBe(1009005);
    expect(await client.codeOf(method, { roomId: 'here', ...params })).toBe(0);
    client.close();
  },
);

test.each([
  ['message.broadcast', { content: '', ...id }, 1009001],
  ['message.broadcast', { content: 'x'.repeat(17), ...id }, 1009002],
  ['message.barrage', { content: '' }, 1009001],
  ['message.barrage', { content: 'ü'.repeat(9) }, 1009002],
  ['message.command', { content: 'x'.repeat(17), ...toAll }, 1009013],
  ['message.command', { content: 'x', ...id, to: Array.from({ length: 11 }, (_, n) => `u${n}`) }, 1009013],
  ['message.command', { content: 'x', ...id, to: [''] }, 1009011],
  ['message.command', { content: 'x', ...id, to: ['u'.repeat(64)] }, 1009012],
  [
    'message.transparent',
    { content: Buffer.alloc(17).toString('base64'), mode: 'clients', ...toAll },
    1009013,
  ],
  // The AppID has no callback for them.
  ['message.transparent', { content: 'AA==', mode: 'server', ...toAll }, 1009010],
  ['message.broadcast', { content: 7, ...id }, 1000017],
])('%s with %j is %d', async (method, params, code) => {
  const client = await enter(app, 'sizes');
  expect(await client.codeOf(method, { roomId: 'sizes', ...params })).toBe(code);
  client.close();
});

test.each([
  ['broadcastsPerUserPerSecond', 'message.broadcast', { content: 'x' }, 1009015],
  ['broadcastsPerRoomPerSecond', 'message.broadcast', { content: 'x' }, 1002072],
  ['barragesPerRoomPerSecond', 'message.barrage', { content: 'x' }, 1002072],
  ['commandsToOnePerRoomPerSecond', 'message.command', { content: 'x', to: ['u'] }, 1002072],
  ['commandsToManyPerRoomPerSecond', 'message.command', { content: 'x', to: [] }, 1002072],
  [
    'transparentsPerRoomPerSecond',
    'message.transparent',
    { content: 'AA==', mode: 'clients', to: [] },
    1002072,
  ],
])('beyond %s %s is %d', async (limit, method, params, code) => {
  const limited = await testCluster.createApp({
    ...small,
    ...{ broadcastsPerUserPerSecond: 0, broadcastsPerRoomPerSecond: 0 },
    [limit]: 1,
  });
  const client = await enter(limited, 'rates');
  const codes = await Promise.all(
    Array.from({ length: 5 }, (_, n) =>
      client.codeOf(method, {
        roomId: 'rates',
        ...params,
        ...(method === 'message.barrage' ? {} : { clientMessageId: `m${n}` }),
      }),
    ),
  );
  expect(new Set(codes)).toEqual(new Set([0, code]));
  client.close();
});

test('refuses a message rejected by moderation with 1190501, and accepts the next one', async () => {
  const { admin } = testCluster.cluster;
  const moderated = await admin.createApp({
    appId: moderatedAppId,
    name: 'moderated',
    credentialKinds: ['appSign'],
  });
  await admin.setEntitlement(moderatedAppId, 'multiRoom', true);
  const client = await enter({ ...moderated, appId: moderatedAppId }, 'polite');
  const say = (content: string): Promise<number> =>
    client.codeOf('message.broadcast', { roomId: 'polite', content, clientMessageId: content });
  expect(await say('rude')).toBe(1190501);
  expect(await say('kind')).toBe(0);
  client.close();
});

test('refuses messages of an AppID over its storage quota with 1190502, but not of another AppID', async () => {
  const full = await testCluster.createApp({ ...small, maxStoredMessageBytes: 1000 });
  const client = await enter(full, 'full');
  const say = (to: RawClient, roomId: string, clientMessageId: string): Promise<number> =>
    to.codeOf('message.command', { roomId, content: 'x', to: [], clientMessageId });
  await waitFor(async () => (await say(client, 'full', `m${++users}`)) === 1190502, {
    timeoutMs: 10_000,
    describe: 'the refusal',
  });
  const other = await enter(app, 'other');
  const sent = await other.call('message.command', { roomId: 'other', content: 'x', ...toAll });
  expect(sent.code).toBe(0);
  await waitFor(() => other.eventsOf('message.received').length > 0, {
    timeoutMs: 5000,
    describe: 'the message',
  });
  client.close();
  other.close();
});

test('limits application servers with 1002073 across rooms and gateways', async () => {
  const perSecond = 2;
  const limited = await testCluster.createApp({ ...small, serverMessagesPerSecond: perSecond });
  const { gateways, adminToken } = testCluster.cluster;
  await waitForBothInstances();
  const say = async (_: unknown, index: number): Promise<number> => {
    const { httpUrl } = gateways[index % gateways.length]!;
    const response = await fetch(`${httpUrl}/v1/apps/${limited.appId}/rooms/served-${index}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'broadcast', content: 'x' }),
    });
    return ((await response.json()) as { error?: { code: number } }).error?.code ?? 0;
  };
  const startedAtMs = performance.now();
  const codes = await Promise.all(Array.from({ length: 24 }, say));
  expect(new Set(codes)).toEqual(new Set([0, 1002073]));
  const mostAccepted = perSecond + Math.floor((perSecond * (performance.now() - startedAtMs)) / 1000);
  expect(codes.filter((code) => code === 0).length).toBeLessThanOrEqual(mostAccepted);
});

async function waitForBothInstances(): Promise<void> {
  for (const { name } of testCluster.cluster.gateways) {
    const url = testCluster.cluster.monitorUrlOf(name);
    await waitFor(
      async () => (await (await fetch(`${url}/metrics`)).text()).includes('messaging_instances 2'),
      { timeoutMs: 5000, describe: 'the gateway to discover both instances' },
    );
  }
}

test("applies a user's rate limit across all messaging instances", async () => {
  const perSecond = 2;
  await waitForBothInstances();
  const limited = await testCluster.createApp({ multiRoom: true, broadcastsPerUserPerSecond: perSecond });
  const client = await enter(limited, 'room-0');
  const rooms = Array.from({ length: 5 }, (_, index) => `room-${index}`);
  for (const roomId of rooms.slice(1)) {
    expect(await client.codeOf('room.login', loginParams(limited, roomId, `user-${users}`))).toBe(0);
  }
  const startedAtMs = performance.now();
  const codes = await Promise.all(
    rooms.map((roomId) =>
      Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          client.codeOf('message.broadcast', { roomId, content: 'x', clientMessageId: `m${index}` }),
        ),
      ),
    ),
  );
  const mostAccepted = perSecond + Math.floor((perSecond * (performance.now() - startedAtMs)) / 1000);
  for (const ofRoom of codes) {
    expect(new Set(ofRoom)).toEqual(new Set([0, 1009015]));
    expect(ofRoom.filter((code) => code === 0).length).toBeLessThanOrEqual(mostAccepted);
  }
  client.close();
});
