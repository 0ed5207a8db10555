import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Bus, type BusSubscription, MessageLog, type RunningService, runService } from '@polyroom/bus';
import {
  AppError,
  authRpc,
  type Entitlements,
  entitlementsChanged,
  messagingRpc,
  type ReplyOf,
  roomMessage,
  type RoomMessage,
} from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { MessagingModule } from '../messaging.module.js';
import { roomLogOptions } from '../room-log.js';

const appId = 1;
const alice = { userId: 'alice', userName: 'Alice' };
const bob = { userId: 'bob', userName: 'Bob' };
const generous: Entitlements = {
  multiRoom: true,
  maxRoomsPerUser: 5,
  maxMembersPerRoom: 0,
  maxPlays: 12,
  shareStream: true,
  maxMessageBytes: 1024,
  broadcastsPerUserPerSecond: 0,
  broadcastsPerRoomPerSecond: 0,
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
let room = 0;
let message = 0;

async function startMessaging(): Promise<RunningService> {
  const logger = createLogger('messaging', 'silent');
  const bus = await Bus.connect({ url: nats.url, name: 'messaging', logger });
  const log = await MessageLog.open(bus, roomLogOptions);
  return runService({
    name: 'messaging',
    module: MessagingModule.register(bus, log),
    bus,
    logger,
    httpHost: '127.0.0.1',
    httpPort: 0,
  });
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

interface Sending {
  roomId?: string;
  from?: typeof alice;
  clientMessageId?: string;
}

function send(content: string, options: Sending = {}): Promise<ReplyOf<typeof messagingRpc.sendBroadcast>> {
  return client.request(messagingRpc.sendBroadcast, {
    appId,
    roomId: `room${room}`,
    from: alice,
    clientMessageId: `m${++message}`,
    content,
    ...options,
  });
}

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  client = await Bus.connect({ url: nats.url, name: 'client' });
  client.subscribe(roomMessage, {}, (payload) => void heard.push(payload));
  services = [await startMessaging(), await startMessaging()];
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()));
  await client.close();
  await nats.close();
});
beforeEach(async () => {
  room++;
  heard = [];
  auth = answerAsAuth();
  await allow({});
});
afterEach(() => auth.drain());

describe('a message', () => {
  test('is numbered, and heard with the same numbers', async () => {
    const sent = await send('hello', { roomId: 'a.b' });
    await waitFor(() => heard.length === 1, { timeoutMs: 2000, describe: 'the message' });
    expect(heard).toEqual([{ appId, roomId: 'a.b', from: alice, content: 'hello', ...sent }]);
    expect(sent.seq).toBe(1);
    expect(Math.abs(Date.now() - sent.sentAtMs)).toBeLessThan(5000);
    expect((await send('next', { roomId: 'a.b' })).messageId).toBeGreaterThan(sent.messageId);
  });

  test('has one place in the order of its room, whichever instance takes it', async () => {
    const sent = await Promise.all(Array.from({ length: 40 }, (_, n) => send(`text ${n}`)));
    await waitFor(() => heard.length === 40, { timeoutMs: 5000, describe: 'all messages' });
    expect(sent.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    const told = new Map(heard.map((one) => [one.seq, one.content]));
    sent.forEach(({ seq }, n) => expect(told.get(seq)).toBe(`text ${n}`));
    const ids = [...heard].sort((a, b) => a.seq - b.seq).map(({ messageId }) => messageId);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(40);
  });

  test('that is sent again is the same message; the same ID of somebody else is another one', async () => {
    const first = await send('first', { clientMessageId: 'same' });
    expect(await send('changed', { clientMessageId: 'same' })).toEqual(first);
    expect((await send('mine', { clientMessageId: 'same', from: bob })).seq).toBe(2);
    await waitFor(() => heard.some(({ seq }) => seq === 2), { timeoutMs: 2000, describe: 'the last' });
    expect(new Set(heard.map(({ content }) => content))).toEqual(new Set(['first', 'mine']));
  });
});

describe('limits', () => {
  test('an empty message is 1009001, one byte too many 1009002; bytes count and not characters', async () => {
    await allow({ maxMessageBytes: 8 });
    expect(await codeOf(send(''))).toBe(1009001);
    expect(await codeOf(send('üüüü'))).toBe(0);
    expect(await codeOf(send('üüüüx'))).toBe(1009002);
  });

  test('a user who sends too fast is refused with 1009015, and others are not', async () => {
    await allow({ broadcastsPerUserPerSecond: 2 });
    const codes = [];
    // One after the other: each instance has buckets of its own, and both together let through four.
    for (let n = 0; n < 8; n++) {
      codes.push(await codeOf(send('x')));
    }
    expect(codes).toContain(1009015);
    expect(codes.filter((code) => code === 0).length).toBeGreaterThanOrEqual(2);
    expect(codes.filter((code) => code !== 0 && code !== 1009015)).toEqual([]);
    expect(await codeOf(send('x', { from: bob }))).toBe(0);
    expect(await codeOf(send('x', { roomId: 'elsewhere' }))).toBe(0);
  });

  test('a room with too many messages refuses with the code of its own', async () => {
    await allow({ broadcastsPerRoomPerSecond: 1 });
    const codes = [];
    for (let n = 0; n < 6; n++) {
      codes.push(await codeOf(send('x', { from: { userId: `user${n}`, userName: 'U' } })));
    }
    expect(codes).toContain(1002072);
    expect(codes).toContain(0);
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

test('what was acknowledged outlives the instances that took it, and the order goes on', async () => {
  await send('one');
  await send('two', { clientMessageId: 'again' });
  await Promise.all(services.map((service) => service.close()));
  services = [await startMessaging(), await startMessaging()];
  expect((await send('three')).seq).toBe(3);
  expect((await send('two', { clientMessageId: 'again' })).seq).toBe(2);
});
