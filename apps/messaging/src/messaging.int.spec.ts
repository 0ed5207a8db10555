import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Bus, type BusSubscription, MessageLog, type RunningService, runService } from '@polyroom/bus';
import {
  AppError,
  authRpc,
  type Entitlements,
  entitlementsChanged,
  messagingRpc,
  type OrderedMessage,
  roomMessage,
  type RoomMessage,
  newId,
} from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { hooksSchema } from './hooks/hooks.js';
import { MessagingModule } from './messaging.module.js';
import { roomLogOptions } from './room-log.js';

const appId = 1;
const moderatedAppId = 2;
const secret = 'a secret of sixteen';
const alice = { userId: 'alice', userName: 'Alice' };
const bob = { userId: 'bob', userName: 'Bob' };
const generous: Entitlements = {
  multiRoom: true,
  maxRoomsPerUser: 5,
  maxMembersPerRoom: 0,
  maxPlays: 12,
  shareStream: true,
  maxMessageBytes: 1024,
  maxTransparentBytes: 64,
  broadcastsPerUserPerSecond: 0,
  broadcastsPerRoomPerSecond: 0,
  barragesPerRoomPerSecond: 0,
  commandsToOnePerRoomPerSecond: 0,
  commandsToManyPerRoomPerSecond: 0,
  transparentsPerRoomPerSecond: 0,
  serverMessagesPerSecond: 0,
  historySeconds: 300,
  historyMessages: 1000,
  devicePolicy: 'kickOld',
  maxRoomAttributes: 10,
  maxRooms: 0,
  maxUsers: 0,
  loginsPerSecond: 0,
};

let nats: RunningServer;
let client: Bus;
let services: RunningService[];
let auth: BusSubscription;
let entitlements: Entitlements;
let heard: RoomMessage[];
let appServer: Server;
/** What the application's server got, and what it answers; undefined: nothing at all. */
let asked: { path: string; body: { content: string }; signature: string; text: string }[];
let answer: (content: string) => unknown;
let delayMs: (content: string) => number;
let room = 0;
let message = 0;

async function startMessaging(onFailure: 'allow' | 'refuse' = 'refuse'): Promise<RunningService> {
  const logger = createLogger('messaging', 'silent');
  const bus = await Bus.connect({ url: nats.url, name: 'messaging', logger });
  const log = await MessageLog.open(bus, roomLogOptions);
  const url = `http://127.0.0.1:${(appServer.address() as AddressInfo).port}`;
  const hooks = hooksSchema.parse({
    [moderatedAppId]: {
      secret,
      moderation: { url: `${url}/moderate`, deadlineMs: 200, onFailure },
      transparent: { url: `${url}/transparent`, deadlineMs: 200 },
    },
  });
  return runService({
    name: 'messaging',
    module: MessagingModule.register({ bus, log, hooks, logger, instanceId: newId('instance') }),
    bus,
    logger,
    httpHost: '127.0.0.1',
    httpPort: 0,
  });
}

async function startAppServer(): Promise<Server> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const body = JSON.parse(text);
      asked.push({
        path: request.url!,
        body,
        signature: String(request.headers['polyroom-signature']),
        text,
      });
      const reply = answer(body.content);
      if (reply !== undefined) {
        setTimeout(() => response.end(JSON.stringify(reply)), delayMs(body.content));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function answerAsAuth(): BusSubscription {
  const { getEntitlements } = authRpc;
  return client.respond(getEntitlements, getEntitlements.subject, 'auth', async () => ({
    entitlements,
    version: 1,
  }));
}

/** Changes what auth says, and announces it as auth does. */
async function allow(changed: Partial<Entitlements>): Promise<void> {
  entitlements = { ...generous, ...changed };
  client.publish(entitlementsChanged, {}, { appId, version: 1 });
  await client.flush();
}

type Sending = Partial<messagingRpc.StoredSend>;

async function send(
  content: string,
  options: Sending = {},
): Promise<{ messageId: number; seq: number; sentAtMs: number }> {
  const { outcomes } = await client.request(messagingRpc.send, {
    messages: [
      {
        appId,
        roomId: `room${room}`,
        from: alice,
        kind: 'broadcast',
        category: 'chat',
        clientMessageId: `m${++message}`,
        content,
        ...options,
      },
    ],
  });
  const outcome = outcomes[0]!;
  if ('error' in outcome) {
    throw AppError.fromWire(outcome.error);
  }
  return outcome.sent as { messageId: number; seq: number; sentAtMs: number };
}

function barrage(content: string): Promise<{ messageId: string }> {
  const request = { appId, roomId: `room${room}`, from: alice, category: 'chat' as const, content };
  return client.request(messagingRpc.sendBarrage, request);
}

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );

async function codesOf(count: number, work: (n: number) => Promise<unknown>): Promise<Set<number>> {
  const codes = new Set<number>();
  for (let n = 0; n < count; n++) {
    codes.add(await codeOf(work(n)));
  }
  return codes;
}

function stored(): OrderedMessage[] {
  return heard
    .flatMap((told) => (told.type === 'stored' ? told.messages : []))
    .sort((left, right) => left.seq - right.seq);
}

const waitForStored = (count: number): Promise<unknown> =>
  waitFor(() => stored().length >= count, { timeoutMs: 5000, describe: `${count} messages` });

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  appServer = await startAppServer();
  client = await Bus.connect({ url: nats.url, name: 'client' });
  client.subscribe(roomMessage, {}, (payload) => void heard.push(payload));
  services = [await startMessaging(), await startMessaging()];
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()));
  await client.close();
  await nats.close();
  appServer.closeAllConnections();
  appServer.close();
});
beforeEach(async () => {
  room++;
  heard = [];
  asked = [];
  answer = () => ({ action: 'allow' });
  delayMs = () => 0;
  auth = answerAsAuth();
  await allow({});
});
afterEach(() => auth.drain());

describe('a message', () => {
  test('is numbered, and heard with the same numbers', async () => {
    const sent = await send('hello', { roomId: 'a.b' });
    await waitForStored(1);
    const told = { kind: 'broadcast', category: 'chat', from: alice, content: 'hello', prev: 0, ...sent };
    expect(stored()).toEqual([told]);
    expect(sent.seq).toBe(1);
    expect(Math.abs(Date.now() - sent.sentAtMs)).toBeLessThan(5000);
    expect((await send('next', { roomId: 'a.b' })).messageId).toBeGreaterThan(sent.messageId);
  });

  test('has one place in the order of its room, whichever instance takes it and of whatever kind it is', async () => {
    const kinds = ['broadcast', 'command', 'transparent'] as const;
    const sent = await Promise.all(
      Array.from({ length: 60 }, (_, n) => send(`dGV4dCAw${n % 10}AAA`, { kind: kinds[n % 3]! })),
    );
    await waitForStored(60);
    expect(stored().map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    sent.forEach(({ seq }, n) => expect(stored()[seq - 1]!.kind).toBe(kinds[n % 3]));
    const ids = stored().map(({ messageId }) => messageId);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(60);
  });

  test('that is sent again is the same message; the same ID of somebody else is another one', async () => {
    const first = await send('first', { clientMessageId: 'same' });
    expect(await send('changed', { clientMessageId: 'same' })).toEqual(first);
    expect((await send('mine', { clientMessageId: 'same', from: bob })).seq).toBe(2);
    await waitForStored(2);
    expect(stored().map(({ content }) => content)).toEqual(['first', 'mine']);
  });

  test('that came together with others has an outcome of its own', async () => {
    const common = {
      appId,
      roomId: `room${room}`,
      from: alice,
      kind: 'broadcast',
      category: 'chat',
    } as const;
    const { outcomes } = await client.request(messagingRpc.send, {
      messages: [
        { ...common, content: 'one', clientMessageId: 'b1' },
        { ...common, content: '', clientMessageId: 'b2' },
        { ...common, content: 'three', clientMessageId: 'b3' },
      ],
    });
    expect(outcomes).toMatchObject([
      { sent: { seq: 1 } },
      { error: { code: 1009001 } },
      { sent: { seq: 2 } },
    ]);
  });
});

describe('limits', () => {
  test('an empty message is 1009001, one byte too many 1009002; bytes count and not characters', async () => {
    await allow({ maxMessageBytes: 8 });
    expect(await codeOf(send(''))).toBe(1009001);
    expect(await codeOf(send('üüüü'))).toBe(0);
    expect(await codeOf(send('üüüüx'))).toBe(1009002);
    expect(await codeOf(barrage('üüüüx'))).toBe(1009002);
    expect(await codeOf(barrage('üüüü'))).toBe(0);
    expect(await codeOf(send('üüüüx', { kind: 'command' }))).toBe(1009013);
  });

  test('a transparent message is measured in the bytes that it carries', async () => {
    const bytes = (count: number): string => Buffer.alloc(count, 7).toString('base64');
    expect(await codeOf(send(bytes(64), { kind: 'transparent' }))).toBe(0);
    expect(await codeOf(send(bytes(65), { kind: 'transparent' }))).toBe(1009013);
  });

  test('a user who sends too fast is refused with 1009015, and others are not', async () => {
    await allow({ broadcastsPerUserPerSecond: 2 });
    // One after the other: each instance has buckets of its own, and both together let through four.
    expect(await codesOf(8, () => send('x'))).toEqual(new Set([0, 1009015]));
    expect(await codeOf(send('x', { from: bob }))).toBe(0);
    expect(await codeOf(send('x', { roomId: 'elsewhere' }))).toBe(0);
  });

  test.each<[string, Partial<Entitlements>, (n: number) => Promise<unknown>]>([
    [
      'broadcast messages',
      { broadcastsPerRoomPerSecond: 1 },
      (n) => send('x', { from: { userId: `user${n}`, userName: 'U' } }),
    ],
    ['barrage messages', { barragesPerRoomPerSecond: 1 }, () => barrage('x')],
    [
      'commands to one user',
      { commandsToOnePerRoomPerSecond: 1 },
      () => send('x', { kind: 'command', to: ['bob'] }),
    ],
    ['commands to several', { commandsToManyPerRoomPerSecond: 1 }, () => send('x', { kind: 'command' })],
    [
      'transparent messages',
      { transparentsPerRoomPerSecond: 1 },
      () => send('eA==', { kind: 'transparent' }),
    ],
  ])('a room with too many %s refuses with 1002072', async (_kind, limits, work) => {
    await allow(limits);
    expect(await codesOf(6, work)).toEqual(new Set([0, 1002072]));
  });

  test('application servers have a rate of their own, for the whole AppID', async () => {
    await allow({ serverMessagesPerSecond: 1, broadcastsPerUserPerSecond: 1 });
    const ask = (n: number) => send('x', { viaServer: true, roomId: `server${n}` });
    expect(await codesOf(6, ask)).toEqual(new Set([0, 1002073]));
  });

  test('a changed limit holds at once; one that cannot be read lets nothing through', async () => {
    expect(await codeOf(send('12345'))).toBe(0);
    await allow({ maxMessageBytes: 4 });
    // The announcement and the request come over different subscriptions.
    await waitFor(async () => (await codeOf(send('12345'))) === 1009002, {
      timeoutMs: 500,
      describe: 'the new limit',
    });
    await auth.drain();
    await allow({});
    await waitFor(async () => (await codeOf(send('1'))) === 1190201, {
      timeoutMs: 3000,
      describe: 'the refusal',
    });
    const before = heard.length;
    expect(await codeOf(send('1'))).not.toBe(0);
    expect(await codeOf(send(''))).toBe(1009001);
    expect(heard).toHaveLength(before);
  });
});

describe("the application's server", () => {
  const moderated = { appId: moderatedAppId };

  test('allows, refuses and rewrites, and can tell who asks', async () => {
    answer = (content) =>
      content === 'bad'
        ? { action: 'refuse', reason: 'rude' }
        : content === 'word'
          ? { action: 'rewrite', content: '****' }
          : { action: 'allow' };
    await send('fine', moderated);
    await send('word', moderated);
    const refusal = await send('bad', moderated).catch((error: AppError) => error);
    expect(refusal).toMatchObject({ code: 1190501, details: { reason: 'rude' } });
    await waitForStored(2);
    expect(stored().map(({ content }) => content)).toEqual(['fine', '****']);
    const { signature, text } = asked[0]!;
    const [, atSeconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature)!;
    expect(mac).toBe(createHmac('sha256', secret).update(`${atSeconds}.${text}`).digest('hex'));
  });

  test('keeps the order of what one user says, however long it thinks', async () => {
    delayMs = (content) => (content === 'first' ? 120 : 0);
    const common = {
      ...moderated,
      roomId: `room${room}`,
      from: alice,
      kind: 'broadcast',
      category: 'chat',
    } as const;
    await client.request(messagingRpc.send, {
      messages: ['first', 'second', 'third'].map((content) => ({
        ...common,
        content,
        clientMessageId: content,
      })),
    });
    await waitForStored(3);
    expect(stored().map(({ content }) => content)).toEqual(['first', 'second', 'third']);
  });

  test('that does not answer decides by what was chosen for that', async () => {
    answer = () => undefined;
    const startedAtMs = Date.now();
    expect(await codeOf(send('x', moderated))).toBe(1190501);
    expect(Date.now() - startedAtMs).toBeLessThan(2000);
    answer = () => ({ action: 'nonsense' });
    expect(await codeOf(send('x', moderated))).toBe(1190501);
    await Promise.all(services.map((service) => service.close()));
    services = [await startMessaging('allow')];
    answer = () => undefined;
    expect(await codeOf(send('x', moderated))).toBe(0);
  });

  test('gets the transparent messages that are for it, and no member does', async () => {
    const transparent = { ...moderated, kind: 'transparent' } as const;
    expect(await send('AAEC', { ...transparent, mode: 'server' })).toEqual({});
    expect(await send('AwQF', { ...transparent, mode: 'both' })).toMatchObject({ seq: 1 });
    expect(asked.map(({ path, body }) => [path, body.content])).toEqual([
      ['/transparent', 'AAEC'],
      ['/transparent', 'AwQF'],
    ]);
    await waitForStored(1);
    expect(stored().map(({ content }) => content)).toEqual(['AwQF']);
    answer = () => undefined;
    expect(await codeOf(send('AAEC', { ...transparent, mode: 'server' }))).toBe(1009010);
    expect(await codeOf(send('AAEC', { ...transparent, appId, mode: 'server' }))).toBe(1009010);
  });
});

test('history reaches as far back as the AppID may', async () => {
  await send('one');
  await send('two');
  await send('three', { to: ['carol'] });
  const ask = (userId?: string) =>
    client.request(messagingRpc.readHistory, {
      appId,
      roomId: `room${room}`,
      ...(userId === undefined ? {} : { userId }),
      epoch: '',
      sinceSeq: 0,
      limit: 50,
    });
  expect((await ask()).messages.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
  expect((await ask('bob')).messages.map(({ content }) => content)).toEqual(['one', 'two']);
  await allow({ historyMessages: 1 });
  await waitFor(async () => (await ask()).messages.length === 1, { timeoutMs: 1000, describe: 'the limit' });
  expect(await ask()).toMatchObject({ gone: true, position: { seq: 3 } });
});

test('what was acknowledged outlives the instances that took it, and the order goes on', async () => {
  await send('one');
  await send('two', { clientMessageId: 'again' });
  await Promise.all(services.map((service) => service.close()));
  services = [await startMessaging(), await startMessaging()];
  expect((await send('three')).seq).toBe(3);
  expect((await send('two', { clientMessageId: 'again' })).seq).toBe(2);
});
