import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { waitFor } from '@polyroom/testing';
import { issueNativeToken } from '@polyroom/tokens';
import { type MediaWatch } from './support/media-watch.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** Expiry and renewal of tokens, on a real cluster. */
let testCluster: SharedCluster;
let bus: Bus;
let watch: MediaWatch;
let app: TestApp;
let userCount = 0;
const open: RawClient[] = [];
const expired = 1002056;
/** Of a token that expires in a test: more than what the test does first takes on a busy machine. */
const shortSeconds = 6;
const untilExpired = { timeoutMs: shortSeconds * 1000 + 5000 };
const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = testCluster.watchMedia(bus);
  app = await testCluster.createApp({ multiRoom: true });
});
afterAll(async () => {
  await bus?.close();
  await testCluster?.close();
});
afterEach(() => open.splice(0).forEach((client) => client.close()));

type TokenOptions = Partial<Parameters<typeof issueNativeToken>[0]>;

function issue(userId: string, effectiveTimeSeconds: number, more: TokenOptions = {}): Promise<string> {
  const { appId, serverSecret: secret } = app;
  return issueNativeToken({ appId, userId, secret, effectiveTimeSeconds, ...more });
}

interface User {
  client: RawClient;
  userId: string;
  /** The parameters of `session.resume`. */
  ticket: { appId: number; userId: string; sessionId: string; resumeToken: string; rooms: never[] };
}

async function connect(): Promise<RawClient> {
  const client = await testCluster.connect(0);
  open.push(client);
  return client;
}

function paramsOf(roomId: string, userId: string, token: string): never {
  return loginParams(app, roomId, userId, { appSign: undefined, token });
}

async function login(roomId: string, seconds: number): Promise<User> {
  userCount += 1;
  const userId = `user-${userCount}`;
  const client = await connect();
  const answer = await client.call('room.login', paramsOf(roomId, userId, await issue(userId, seconds)));
  if (!('result' in answer)) {
    throw new Error(`refused with ${answer.code}`);
  }
  const { sessionId, resumeToken } = answer.result;
  return {
    client,
    userId,
    ticket: { appId: app.appId, userId, sessionId, resumeToken: resumeToken!, rooms: [] },
  };
}

/** A member that is notified of joins and leaves. */
async function watchRoom(roomId: string): Promise<RawClient> {
  const client = await connect();
  userCount += 1;
  const config = { isUserStatusNotify: true };
  expect(
    await client.codeOf('room.login', loginParams(app, roomId, `watcher-${userCount}`, { config })),
  ).toBe(0);
  return client;
}

function send(client: RawClient, roomId: string): Promise<number> {
  const clientMessageId = Math.random().toString(36);
  return client.codeOf('message.broadcast', { roomId, content: 'x', clientMessageId });
}

function whenLeft(watcher: RawClient, userId: string): Promise<unknown> {
  const isLeaving = (update: Record<string, unknown>) =>
    update['update'] === 'delete' && (update['users'] as { userId: string }[])[0]?.userId === userId;
  return waitFor(() => watcher.eventsOf('room.userUpdate').some(isLeaving), {
    ...untilExpired,
    describe: `${userId} to leave`,
  });
}

describe('a token of a few seconds', () => {
  test('is announced, and ends everything with 1002056: messages, streams, rooms, media', async () => {
    const watcher = await watchRoom('short');
    const { client, userId, ticket } = await login('short', shortSeconds);
    expect(await send(client, 'short')).toBe(0);
    const streamId = `stream-${userId}`;
    for (const [method, params] of [
      ['stream.publish', { streamId, channel: 0, roomId: 'short' }],
      ['stream.produce', { streamId, kind: 'audio', rtpParameters: opus }],
      ['stream.share', { streamId, roomId: 'short' }],
    ] as const) {
      expect(await client.codeOf(method, params)).toBe(0);
    }
    expect((await watch.sessionOf(userId))?.upstreams).toHaveLength(1);
    await waitFor(() => client.eventsOf('room.tokenWillExpire').length > 0, { describe: 'the warning' });
    expect(client.eventsOf('room.tokenWillExpire')).toMatchObject([{ roomId: 'short' }]);

    await waitFor(() => client.eventsOf('room.expelled').length > 0, {
      ...untilExpired,
      describe: 'the end',
    });
    expect(client.eventsOf('room.expelled')).toEqual([{ code: expired }]);
    expect(await send(client, 'short')).toBe(expired);
    const again = { streamId: `${streamId}-2`, channel: 1, roomId: 'short' };
    expect(await client.codeOf('stream.publish', again)).toBe(expired);
    const playing = { streamId, roomId: 'short', rtpCapabilities: {} };
    expect(await client.codeOf('stream.play', playing)).toBe(expired);
    await whenLeft(watcher, userId);
    expect(watcher.eventsOf('room.streamUpdate').at(-1)).toMatchObject({ update: 'delete', reason: 4 });
    await waitFor(async () => (await watch.sessionOf(userId)) === undefined, {
      describe: 'its transports to be closed',
    });
    await waitFor(
      async () => (await testCluster.cluster.admin.listUserRooms(app.appId, userId)).length === 0,
      { describe: 'its place to be released' },
    );
    // The client was notified, so nothing is stored for a resume.
    expect(await (await connect()).codeOf('session.resume', ticket)).toBe(1002052);
    expect(await client.codeOf('room.login', paramsOf('short', userId, await issue(userId, 60)))).toBe(0);
  });

  test('ends a session without a socket, which is refused when it comes back', async () => {
    const watcher = await watchRoom('suspended');
    const { client, userId, ticket } = await login('suspended', shortSeconds);
    client.close();
    await whenLeft(watcher, userId);
    await waitFor(async () => (await watch.sessionOf(userId)) === undefined, {
      describe: 'its transports to be closed',
    });
    expect(await (await connect()).codeOf('session.resume', ticket)).toBe(expired);
  });

  test('does not end the session if it is renewed, also after a resume', async () => {
    const { client, userId, ticket } = await login('renewed', shortSeconds);
    const second = await connect();
    const next = await issue(userId, 60);
    const answer = await client.call('room.renewToken', { roomId: 'renewed', token: next } as never);
    expect(answer).toMatchObject({ code: 0, result: { roomIds: ['renewed'] } });
    await waitFor(() => client.eventsOf('room.tokenWillExpire').length > 0, { describe: 'the warning' });
    // Issued later for the same time, it expires after the first token.
    const witness = await login('witness', shortSeconds);
    await waitFor(() => witness.client.eventsOf('room.expelled').length > 0, {
      ...untilExpired,
      describe: 'the first token to expire',
    });
    expect(await send(client, 'renewed')).toBe(0);
    client.close();
    const resumed = await second.call('session.resume', ticket as never);
    expect(resumed).toMatchObject({ code: 0, result: { rooms: [{ roomId: 'renewed' }], lost: [] } });
    expect(await send(second, 'renewed')).toBe(0);
  });
});

describe('a renewed token', () => {
  test('with fewer rights stops the stream for all members', async () => {
    const watcher = await watchRoom('less');
    const { client, userId } = await login('less', 60);
    const streamId = `stream-${userId}`;
    for (const [method, params] of [
      ['stream.publish', { streamId, channel: 0, roomId: 'less' }],
      ['stream.produce', { streamId, kind: 'audio', rtpParameters: opus }],
      ['stream.share', { streamId, roomId: 'less' }],
    ] as const) {
      expect(await client.codeOf(method, params)).toBe(0);
    }
    const rooms = [{ roomId: 'less', rights: ['login' as const, 'subscribe' as const] }];
    const token = await issue(userId, 60, { rooms });
    expect(await client.codeOf('room.renewToken', { roomId: 'less', token })).toBe(0);
    expect(client.eventsOf('stream.stopped')).toEqual([{ streamId, code: 1002082 }]);
    expect(await send(client, 'less')).toBe(1000039);
    await waitFor(() => watcher.eventsOf('room.streamUpdate').at(-1)?.['update'] === 'delete', {
      describe: 'the stream to be removed',
    });
    await waitFor(async () => (await watch.sessionOf(userId))?.upstreams.length === 0, {
      describe: 'the upstream to close',
    });
  });

  test.each([
    ['of another user', (userId: string) => issue(`${userId}-other`, 60), 1002077],
    ['that is older', (userId: string) => issue(userId, 3600, { nowMs: Date.now() - 60_000 }), 1002078],
    ['that expired', (userId: string) => issue(userId, 1, { nowMs: Date.now() - 60_000 }), 1002078],
    ['that is invalid', () => Promise.resolve('nonsense'), 1002033],
    ['that is empty', () => Promise.resolve(''), 1002067],
    ['for another room', (userId: string) => issue(userId, 60, { rooms: [] }), 1002033],
  ])('%s is refused, and the former one stays valid', async (_what, makeToken, code) => {
    const { client, userId } = await login('refused', 60);
    const token = await makeToken(userId);
    expect(await client.codeOf('room.renewToken', { roomId: 'refused', token })).toBe(code);
    expect(await send(client, 'refused')).toBe(0);
  });
});
