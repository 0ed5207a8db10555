import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { testUnless, waitFor, WebhookReceiver } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { issue } from './support/client-tokens.js';
import {
  type CurlAnswer,
  fillIn,
  runInNode,
  runInPage,
  runShell,
  samplesOf,
} from './support/docs-samples.js';
import { type HarnessPage, openHarness } from './support/harness-page.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** Runs the samples of the guides as they stand in the pages, with the values that a reader puts in. */
const exampleAppId = '1234567';
const ok = (count: number): string[] => Array.from({ length: count }, () => 'ok');
const outcomesOf = (answers: CurlAnswer[]): string[] =>
  answers.map(({ body, status }) => (status < 300 ? 'ok' : `${status} ${JSON.stringify(body)}`));

let cluster: SharedCluster;
let url: string;
/** Variables that the pages set once. */
let operatorEnv: { GATEWAY: string; ADMIN: string; JSON: string };

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  url = cluster.cluster.gateways[0]!.httpUrl;
  operatorEnv = {
    GATEWAY: url,
    ADMIN: `Authorization: Bearer ${cluster.cluster.adminToken}`,
    JSON: 'Content-Type: application/json',
  };
});
afterAll(() => cluster?.close());

const token = (app: TestApp, userId: string): Promise<string> =>
  issue(app, userId, { effectiveTimeSeconds: 600 });

async function enter(app: TestApp, roomId: string, userId: string): Promise<number> {
  return (await cluster.connect(1)).codeOf('room.login', loginParams(app, roomId, userId));
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const testCurl = testUnless(test, hasCurl ? undefined : 'curl is missing');

describe('commands', () => {
  testCurl(
    'multi-room.md: switches the mode on and raises the limit; the samples enter three rooms',
    async () => {
      const app = await cluster.createApp();
      const [enable = '', raise = ''] = await samplesOf('multi-room.md', 'sh', 2);
      const [core = '', zego = ''] = await samplesOf('multi-room.md', 'ts', 4);
      const given = `const [appId, server, token] = ${JSON.stringify([app.appId, url, await token(app, 'ada')])};
      const tokenProvider = async () => token;`;
      const join = (): Promise<string> =>
        runInNode([
          given,
          core,
          'console.log(client.dump().rooms.map((room) => room.state).join());',
          'await client.close();',
        ]);
      await expect(join()).rejects.toThrow('1002036');
      const commands = fillIn(`${enable}${raise}`, {
        'http://localhost:7080': url,
        '<the token of an operator>': cluster.cluster.adminToken,
        [exampleAppId]: app.appId,
      });
      expect(outcomesOf(await runShell(commands))).toEqual(ok(2));
      const limit = `/v1/apps/${app.appId}/entitlements/maxRoomsPerUser`;
      expect(await cluster.cluster.admin.send('GET', limit)).toMatchObject({ entitlement: { value: 7 } });
      expect(await join()).toBe('joined,joined,joined');
      expect(await runInNode([given, zego, 'await engine.logoutRoom();'])).toBe(
        'stage 0\nbackstage 0\nsupport 0',
      );
    },
  );

  testCurl('README.md: switches multi-room mode on', async () => {
    const app = await cluster.createApp();
    const [command = ''] = await samplesOf('../README.md', 'sh', 1);
    const filled = fillIn(command, {
      'http://127.0.0.1:7080': url,
      '<the printed token>': cluster.cluster.adminToken,
      '<AppID>': app.appId,
    });
    expect(await runShell(filled)).toMatchObject([{ status: 200, body: { entitlement: { value: true } } }]);
    expect(await enter(app, 'stage', 'ada')).toBe(0);
  });

  testCurl(
    'api-keys.md: creates a key, with the answer of the page, and removes a user with it',
    async () => {
      const app = await cluster.createApp({ multiRoom: true });
      const [create = '', kick = ''] = await samplesOf('api-keys.md', 'sh', 2);
      const [documented = ''] = await samplesOf('api-keys.md', 'json', 1);
      const appId = { [exampleAppId]: app.appId };
      const [created] = await runShell(fillIn(create, appId), operatorEnv);
      const expected = JSON.parse(documented) as { apiKey: object };
      expect(outcomesOf([created!])).toEqual(ok(1));
      expect(Object.keys(created!.body)).toEqual(Object.keys(expected));
      expect(Object.keys(created!.body['apiKey'] as object).sort()).toEqual(
        Object.keys(expected.apiKey).sort(),
      );
      expect(await enter(app, 'lobby', 'mallory')).toBe(0);
      const env = { GATEWAY: url, KEY: created!.body['key'] as string };
      expect(await runShell(fillIn(kick, appId), env)).toEqual([
        { status: 200, body: { roomIds: ['lobby'] } },
      ]);
    },
  );

  testCurl('messages.md: deletes a message', async () => {
    const app = await cluster.createApp({ multiRoom: true });
    const key = await cluster.cluster.admin.createApiKey(app.appId, ['messages:delete']);
    const [remove = ''] = await samplesOf('messages.md', 'sh', 1);
    expect(await enter(app, 'chat', 'ada')).toBe(0);
    const path = `/v1/apps/${app.appId}/rooms/chat/messages`;
    const { messageId } = (await cluster.cluster.admin.send('POST', path, {
      kind: 'broadcast',
      content: 'a mistake',
    })) as { messageId: number };
    const filled = fillIn(remove, { [exampleAppId]: app.appId, MESSAGE_ID: messageId, ROOM: 'chat' });
    expect(await runShell(filled, { GATEWAY: url, KEY: key })).toEqual([{ status: 200, body: {} }]);
    expect(await cluster.cluster.admin.send('GET', path)).toMatchObject({
      messages: [{ messageId, deleted: true }, { kind: 'deletion' }],
    });
  });

  testCurl('webhooks.md: creates an endpoint, verifies what it gets, and decides logins', async () => {
    const app = await cluster.createApp({ multiRoom: true });
    const key = await cluster.cluster.admin.createApiKey(app.appId, ['webhooks:read', 'webhooks:write']);
    const env = { GATEWAY: url, KEY: key };
    const [create = '', decide = ''] = await samplesOf('webhooks.md', 'sh', 2);
    const [verify = ''] = await samplesOf('webhooks.md', 'ts', 1);
    const receiver = new WebhookReceiver();
    await receiver.start();
    try {
      const appId = { [exampleAppId]: app.appId };
      const endpoint = { 'https://app.example/polyroom': receiver.urlOf('/polyroom') };
      const [created] = await runShell(fillIn(create, { ...appId, ...endpoint }), env);
      expect(outcomesOf([created!])).toEqual(ok(1));
      const { secret } = created!.body as { secret: string };
      expect(await enter(app, 'lobby', 'ada')).toBe(0);
      const joined = () => receiver.received.find(({ event }) => event.type === 'user.joined');
      await waitFor(() => joined() !== undefined, { timeoutMs: 15_000, describe: 'the event' });
      const { body, headers } = receiver.bodies.find((each) => each.body.includes('"user.joined"'))!;
      const program = (given: string): string[] => [
        `const [secret, rawBody, request] = ${JSON.stringify([secret, given, { headers }])};`,
        verify,
        'console.log(event.type, event.roomId);',
      ];
      expect(await runInNode(program(body))).toBe('user.joined lobby');
      await expect(runInNode(program(`${body} `))).rejects.toThrow('No matching signature found');

      const hook = { 'https://app.example/login': receiver.urlOf('/login') };
      expect(outcomesOf(await runShell(fillIn(decide, { ...appId, ...hook }), env))).toEqual(ok(1));
      receiver.answer = '{"action": "deny", "reason": "the lobby is closed"}';
      await waitFor(async () => (await enter(app, 'lobby', 'bob')) === 1190904, {
        timeoutMs: 10_000,
        describe: 'the hook to decide',
      });
      receiver.answer = '{"action": "allow"}';
      expect(await enter(app, 'lobby', 'bob')).toBe(0);
    } finally {
      await receiver.stop();
    }
  });

  testCurl('zego-server-api.md: switches the form on', async () => {
    const app = await cluster.createApp();
    const [enable = ''] = await samplesOf('zego-server-api.md', 'sh', 1);
    const answers = await runShell(fillIn(enable, { [exampleAppId]: app.appId }), operatorEnv);
    expect(answers).toMatchObject([{ status: 200, body: { entitlement: { value: true } } }]);
  });

  testCurl('operators.md: adds an operator', async () => {
    const app = await cluster.createApp();
    const [add = ''] = await samplesOf('operators.md', 'sh', 1);
    const email = `bo-${app.appId}@example.com`;
    const filled = fillIn(add, { [exampleAppId]: app.appId, 'bo@example.com': email });
    expect(await runShell(filled, operatorEnv)).toMatchObject([
      { status: 201, body: { operator: { email } } },
    ]);
  });

  testCurl('operations.md: administers an AppID from its creation to its deletion', async () => {
    const samples = await samplesOf('operations.md', 'sh', 10);
    const { appId } = { appId: 1_000_000_000 + Math.floor(Math.random() * 1_000_000_000) };
    const own = (sample = ''): string => fillIn(sample, { [exampleAppId]: appId });
    const [create, credentials, disable, remove, manage, audit, usage, quota, rotate, appSign] = samples;
    const gateway = 'GATEWAY=http://localhost:7080';
    const admin = '<the token behind your name in POLYROOM_ADMIN_TOKENS>';
    const filled = fillIn(own(create), {
      [gateway]: `GATEWAY=${url}`,
      [admin]: cluster.cluster.adminToken,
    });
    const created = await runShell(filled);
    expect(outcomesOf(created)).toEqual(ok(8));
    const app: TestApp = { appId, ...(created[0]!.body as { appSign: string; serverSecret: string }) };
    const rest = { ...operatorEnv, APP: `${url}/v1/apps/${appId}` };
    const step = async (commands: string | undefined, count: number): Promise<CurlAnswer[]> => {
      const answers = await runShell(commands!, rest);
      expect(outcomesOf(answers)).toEqual(ok(count));
      return answers;
    };
    await step(own(credentials), 2);
    await waitFor(async () => (await enter(app, 'stage', 'ada')) === 0, {
      describe: 'AppSigns to be accepted',
    });
    const managed = await runShell(own(manage), rest);
    expect(outcomesOf(managed)).toEqual(ok(10));
    await step(audit, 4);
    await step(own(usage), 1);
    await step(own(quota), 1);
    const before = (await runShell('curl -H "$ADMIN" $APP/secrets', rest))[0]!.body as {
      secrets: { secretId: string }[];
    };
    const [add = '', ...promote] = rotate!.split('\n# Give');
    const [added] = await step(add, 1);
    const { secretId } = added!.body['secret'] as { secretId: string };
    const ids = { NEW_ID: secretId, OLD_ID: before.secrets[0]!.secretId };
    await step(fillIn(`# Give${promote.join('')}`, ids), 3);
    await step(appSign, 2);
    await step(own(disable), 1);
    expect(await step(own(remove), 1)).toEqual([{ status: 200, body: {} }]);
  });
});

describe('applications', () => {
  let browser: Browser;
  let app: TestApp;
  let bob: HarnessPage<Page>;
  let names: Record<string, unknown>;

  /** Opens a page for ada, who runs samples. */
  const runAsAda = async (samples: string[], epilogue = ''): Promise<unknown> => {
    const harness = await openHarness(browser, cluster.cluster.consoleUrl!);
    try {
      const result = await runInPage(harness.page, samples, names, epilogue);
      expect(harness.errors).toEqual([]);
      return result;
    } finally {
      await harness.close();
    }
  };
  const receivedByBob = (): Promise<string[]> =>
    bob.page.evaluate(() => (window as never as { received: string[] }).received.splice(0));

  beforeAll(async () => {
    browser = await launchBrowser();
    app = await cluster.createApp({ multiRoom: true });
    names = { appId: app.appId, appID: app.appId, appSign: app.appSign, server: url };
    bob = await openHarness(browser, cluster.cluster.consoleUrl!);
    await runInPage(
      bob.page,
      [
        `const client = new polyroomSdk.Client({ appId, server, tokenProvider });
        window.received = [];
        client.on('messagesReceived', ({ roomId, messages }) =>
          messages.forEach(({ text }) => window.received.push(roomId + ': ' + text)));
        const user = { userId: 'bob', userName: 'Bob' };
        await Promise.all(['stage', 'backstage', 'support'].map((roomId) => client.join(roomId, { user })));
        await client.publish('bob-camera', { roomId: 'stage', media: await capture() });
        await client.share('bob-camera', 'backstage');`,
      ],
      { ...names, token: await token(app, 'bob') },
    );
    names['token'] = await token(app, 'ada');
  });
  afterAll(async () => {
    await bob?.close();
    await browser?.close();
  });

  test('multi-room.md: publishes in two rooms, plays, sends, and leaves one', async () => {
    const [core = '', , media = '', leave = ''] = await samplesOf('multi-room.md', 'ts', 4);
    const dump = await runAsAda(
      [core, media, 'await played();', leave],
      'const dump = client.dump(); await client.close(); return dump;',
    );
    expect(dump).toMatchObject({
      rooms: [{ roomId: 'backstage' }, { roomId: 'support' }],
      publications: [{ streamId: 'ada-camera', roomIds: ['backstage'] }],
      sockets: 1,
    });
    expect(await receivedByBob()).toEqual(['support: to this room only']);
  });

  test('README.md: one camera in two rooms, with the names of ZEGO', async () => {
    const [sample = ''] = await samplesOf('../README.md', 'ts', 1);
    await runAsAda([fillIn(sample, { 'http://127.0.0.1:7080': url })], 'await engine.logoutRoom();');
    expect(await receivedByBob()).toEqual(['support: to this room only']);
  });

  test('client.md: the first sample, from the client to its end', async () => {
    const [sample = ''] = await samplesOf('client.md', 'ts', 5);
    const addresses = { 'https://gw1.example.com': url, 'https://gw2.example.com': url };
    // The sample leaves at once; a user would watch first.
    const watch = `await played();
      while (client.dump().subscriptions.some(({ roomIds }) => roomIds.length < 2)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }`;
    const leave = "await client.leave('stage');";
    await runAsAda([
      fillIn(sample, { [exampleAppId]: app.appId, ...addresses, [leave]: `${watch}\n${leave}` }),
    ]);
    expect(await receivedByBob()).toEqual(['backstage: hello']);
  });

  test('client.md: a bot in Node.js publishes', async () => {
    const [, , bot = ''] = await samplesOf('client.md', 'ts', 5);
    const user = { userId: 'bot', userName: 'Bot' };
    const given = [app.appId, url, await token(app, 'bot'), user, 320, 180];
    const printed = await runInNode([
      `const [appId, server, token, user, width, height] = ${JSON.stringify(given)};
       const data = new Uint8Array(width * height * 1.5);`,
      bot,
      `while (client.dump().publications[0].state !== 'active') {
         await new Promise((resolve) => setTimeout(resolve, 50));
       }
       console.log(client.dump().publications[0].streamId);`,
      'await client.close();',
    ]);
    expect(printed).toBe('bot-camera');
  });

  test('sdk.md: enters a room, publishes, and uses several rooms at once', async () => {
    const [start = '', , rooms = ''] = await samplesOf('sdk.md', 'ts', 4);
    const addresses = { 'https://gw1.example.com': url, 'https://gw2.example.com': url };
    const filled = fillIn(start, {
      [exampleAppId]: app.appId,
      '…64 hexadecimal characters…': app.appSign,
      ...addresses,
    });
    expect(await runAsAda([filled], 'await engine.logoutRoom(); return errorCode;')).toBe(0);
    const before = `polyroom.ZegoExpressEngine.setRoomMode(polyroom.ZegoRoomMode.MultiRoom);
      const engine = await polyroom.ZegoExpressEngine.createEngineWithProfile({ appID, appSign, server });
      const camera = await engine.createStream();`;
    expect(await runAsAda([before, rooms], 'return a === b;')).toBe(true);
    expect(await receivedByBob()).toEqual(['support: to this room only']);
  });

  test('migrate-zego.md: a page of the Web SDK, with another import and address', async () => {
    const [page = ''] = await samplesOf('migrate-zego.md', 'ts', 2);
    const filled = fillIn(page, { 'https://gateway.example.com': url });
    await runAsAda([filled], 'await engine.logoutRoom();');
    expect(await receivedByBob()).toEqual(['backstage: to this room only']);
  });

  test.each([
    ['migrate-livekit.md', 2],
    ['migrate-agora.md', 1],
  ])('%s: publishes in two rooms and plays', async (page, count) => {
    const [sample = '', backend] = await samplesOf(page, 'ts', count);
    if (backend !== undefined) {
      const env = { APP_ID: String(app.appId), SERVER_SECRET: app.serverSecret };
      names['token'] = await runInNode([backend], env);
    }
    const filled = fillIn(sample, { 'https://gateway.example.com': url });
    const dump = await runAsAda(
      [filled],
      'await played(); const dump = client.dump(); await client.close(); return dump;',
    );
    expect(dump).toMatchObject({
      publications: [{ streamId: 'ada-camera', state: 'active' }],
      sockets: 1,
    });
  });
});
