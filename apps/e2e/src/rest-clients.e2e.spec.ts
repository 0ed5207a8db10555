import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { pages, PolyroomServer, type ReplyOf, RestError } from '@polyroom/server-sdk';
import { readSamples, testUnless, waitFor } from '@polyroom/testing';
import { type Browser, type Response } from 'playwright-core';
import { type RawClient } from './support/raw-client.js';
import { findRestLanguages } from './support/rest-languages.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** What application servers and their developers use: the clients, the reference page, and the usage. */
let cluster: SharedCluster;
let browser: Browser;
let app: TestApp;
let ada: RawClient;
let polyroom: PolyroomServer;

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  app = await cluster.createApp({ multiRoom: true });
  polyroom = await connect([
    'rooms:read',
    'rooms:write',
    'users:kick',
    'messages:send',
    'messages:read',
    'usage:read',
  ]);
  ada = await cluster.connect(1);
});
afterAll(async () => {
  ada?.close();
  await browser?.close();
  await cluster?.close();
});

const gatewayUrl = (): string => cluster.cluster.gateways[0]!.httpUrl;
const createKey = (permissions: string[]): Promise<string> =>
  cluster.cluster.admin.createApiKey(app.appId, permissions);

async function connect(permissions: string[]): Promise<PolyroomServer> {
  return new PolyroomServer({ url: gatewayUrl(), apiKey: await createKey(permissions), appId: app.appId });
}

async function failureOf(work: Promise<unknown>): Promise<RestError> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(RestError);
  return error as RestError;
}

const enter = (roomId: string) => ada.codeOf('room.login', loginParams(app, roomId, 'ada'));

test('the typed client reads, changes and pages, and throws the errors of the API', async () => {
  for (const roomId of ['class-1', 'class-2', 'class-3']) {
    expect(await polyroom.rooms.create({ roomId, body: { keepMs: 60_000, maxMemberCount: 5 } })).toEqual({
      created: true,
    });
  }
  const found: string[] = [];
  for await (const { rooms } of pages((position) =>
    polyroom.rooms.list({ prefix: 'class-', limit: 2, ...position }),
  )) {
    found.push(...rooms.map(({ roomId }) => roomId));
  }
  expect(found).toEqual(['class-1', 'class-2', 'class-3']);

  expect(await enter('class-1')).toBe(0);
  const message = { kind: 'broadcast', content: 'hello' } as const;
  const once = { idempotencyKey: 'greeting' };
  const sent = await polyroom.messages.send({ roomId: 'class-1', body: message }, once);
  expect(await polyroom.messages.send({ roomId: 'class-1', body: message }, once)).toEqual(sent);
  const { messages } = await polyroom.messages.list({ roomId: 'class-1' });
  expect(messages.map(({ content }) => content)).toEqual(['hello']);

  const { body, etag } = await polyroom.send('rooms_getSettings', { roomId: 'class-1' });
  expect(body.maxMemberCount).toBe(5);
  const resize = () =>
    polyroom.send(
      'rooms_create',
      { roomId: 'class-1', body: { keepMs: 60_000, maxMemberCount: 6 } },
      { ifMatch: etag! },
    );
  expect((await resize()).etag).not.toBe(etag);
  expect(await failureOf(resize())).toMatchObject({ status: 412, errorName: 'REST_PRECONDITION_FAILED' });

  const kicked = await polyroom.members.kick({ roomId: 'class-1', userId: 'ada', body: { reason: 'late' } });
  expect(kicked).toEqual({ roomIds: ['class-1'] });
  const missing = await failureOf(polyroom.rooms.getAttributes({ roomId: 'none' }));
  expect(missing).toMatchObject({
    status: 404,
    code: 1002002,
    errorName: 'ROOM_ROOMID_INCORRECT',
    retryable: false,
  });
  expect(missing.requestId).toMatch(/^rq_/);
  const forbidden = await failureOf(polyroom.bans.list());
  expect(forbidden).toMatchObject({ status: 403, errorName: 'ADMIN_API_KEY_PERMISSION_MISSING' });
});

for (const { compile, fence, missing, name, run } of findRestLanguages(process.env)) {
  testUnless(test, missing)(
    `the client in ${name} compiles, and the documented sample calls the API`,
    async () => {
      await compile();
      const samples = await readSamples('server-sdk.md', fence);
      const sample = samples.filter((each) => each.includes('GATEWAY'));
      expect(sample).toHaveLength(1);
      const roomId = `class-${fence}`;
      await polyroom.rooms.create({ roomId, body: { keepMs: 60_000 } });
      const env = { GATEWAY: gatewayUrl(), APP_ID: String(app.appId) };
      const output = await run(sample[0]!, {
        ...env,
        API_KEY: await createKey(['rooms:read', 'messages:send']),
      });
      expect(output).toContain(`${roomId}: 0`);
      const refused = await run(sample[0]!, { ...env, API_KEY: await createKey(['usage:read']) });
      expect(refused).toContain('1190123 ADMIN_API_KEY_PERMISSION_MISSING');
    },
  );
}

test('the usage of an AppID is read by app, room and user, in pages, and by permission only', async () => {
  const started = performance.now();
  expect(await enter('use-1')).toBe(0);
  expect(await enter('use-2')).toBe(0);
  const texts = ['one', 'zwölf'];
  for (const content of texts) {
    const message = { roomId: 'use-1', content, clientMessageId: content };
    expect(await ada.codeOf('message.broadcast', message)).toBe(0);
  }
  const hourMs = 3_600_000;
  const from = String(Math.floor(Date.now() / hourMs) * hourMs - hourMs);
  const to = new Date(Number(from) + 4 * hourMs).toISOString();
  type Rows = ReplyOf<'usage_get'>['usage'];
  const read = async (by: 'app' | 'room' | 'user' | 'hour' | 'day', limit = 1): Promise<Rows> => {
    const rows: Rows = [];
    for await (const { usage } of pages((position) =>
      polyroom.usage.get({ from, to, by, limit, ...position }),
    )) {
      expect(usage.length).toBeLessThanOrEqual(limit);
      rows.push(...usage);
    }
    return rows;
  };
  const ofRoom = (rows: Rows, id: string) => rows.find(({ roomId }) => roomId === id);
  await waitFor(
    async () => {
      const rows = await read('room');
      return ofRoom(rows, 'use-1')?.messages === 2 && (ofRoom(rows, 'use-2')?.memberMinutes ?? 0) > 0;
    },
    { timeoutMs: 20_000, intervalMs: 500, describe: 'the reports' },
  );
  for (const roomId of ['use-1', 'use-2']) {
    expect(await ada.codeOf('room.logout', { roomId })).toBe(0);
  }
  const minutes = (performance.now() - started) / 60_000;
  const rows = await read('room');
  expect(ofRoom(rows, 'use-1')).toMatchObject({ messages: 2, messageBytes: 9 });
  expect(ofRoom(rows, 'use-2')).toMatchObject({ messages: 0, messageBytes: 0 });
  for (const roomId of ['use-1', 'use-2']) {
    expect(ofRoom(rows, roomId)!.memberMinutes).toBeLessThanOrEqual(minutes + 0.01);
  }
  const [total] = await read('app');
  for (const by of ['room', 'user', 'hour', 'day'] as const) {
    const summed = (await read(by)).reduce((sum, row) => sum + row.messages, 0);
    expect([by, summed]).toEqual([by, total!.messages]);
  }
  expect((await read('user')).map(({ userId }) => userId)).toContain('ada');

  const wrong = await failureOf(polyroom.usage.get({ from: 'yesterday', to }));
  expect(wrong).toMatchObject({ status: 400, code: 1000017 });
  const other = await connect(['rooms:read']);
  expect(await failureOf(other.usage.get({ from, to }))).toMatchObject({ status: 403 });
});

test('the reference page shows the operations and calls the API, and nothing leaves the gateway', async () => {
  const { httpUrl } = cluster.cluster.gateways[0]!;
  browser = await launchBrowser();
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  const elsewhere: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${httpUrl}/`) && !/^(data|blob):/.test(url)) {
      elsewhere.push(url);
    }
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) {
      problems.push(message.text());
    }
  });
  await page.goto(`${httpUrl}/reference#tag/apps/GET/v1/apps`);
  await page.getByRole('heading', { name: 'Polyroom REST API' }).waitFor();
  await page.getByRole('heading', { name: 'Lists the AppIDs.' }).waitFor();

  await page.getByRole('button', { name: 'Test Request (get /v1/apps)' }).click();
  const client = page.getByRole('dialog', { name: 'API Client' });
  const send = async (): Promise<Response> => {
    const answer = page.waitForResponse(`${httpUrl}/v1/apps`);
    await client.getByRole('button', { name: 'Send get request to /v1/apps' }).click();
    return answer;
  };
  expect((await send()).status()).toBe(401);
  await client.getByRole('link', { name: '401 Unauthorized' }).waitFor();
  await client.getByRole('textbox', { name: 'Bearer Token' }).fill(cluster.cluster.adminToken);
  const accepted = await send();
  expect(accepted.status()).toBe(200);
  await client.getByRole('link', { name: '200 OK' }).waitFor();
  // The page shows the start of a long list.
  const { apps } = (await accepted.json()) as { apps: { appId: number }[] };
  await client.getByText(String(apps[0]!.appId)).first().waitFor();
  expect({ elsewhere, problems }).toEqual({ elsewhere: [], problems: [] });
});
