import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken, token04IdOf } from '@polyroom/tokens';
import { MediaWatch } from './support/media-watch.js';
import { type RawClient } from './support/raw-client.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Revoked tokens, bans, blocks and mutes against live sessions, on a real cluster with two gateways. */
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let app: TestApp;
let userCount = 0;
const open: RawClient[] = [];

const revokedCode = 1190403;
const kicked = 1002055;
const banned = 1002066;
/** The time in which a revocation is in force on live sessions. */
const inForceMs = 2000;
const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};

beforeAll(async () => {
  testCluster = await TestCluster.start({ sessionGraceMs: 60_000 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1']);
  app = await testCluster.createApp({ multiRoom: true });
}, 120_000);
afterAll(async () => {
  await bus?.close();
  await testCluster?.close();
});
afterEach(() => open.splice(0).forEach((client) => client.close()));

interface User {
  client: RawClient;
  userId: string;
  token: string;
  ticket: { appId: number; userId: string; sessionId: string; resumeToken: string; rooms: never[] };
}

const admin = (method: string, path: string, body?: unknown): Promise<unknown> =>
  testCluster.cluster.admin.send(method, `/v1/admin/apps/${app.appId}${path}`, body);

const newUserId = (): string => `user-${(userCount += 1)}`;

function issue(userId: string, kind: 'native' | 'token04' = 'native'): Promise<string> {
  const { appId, serverSecret: secret } = app;
  const options = { appId, userId, secret, effectiveTimeSeconds: 600 };
  return kind === 'native' ? issueNativeToken(options) : Promise.resolve(generateToken04(options));
}

const jtiOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string }).jti;

async function connect(gateway: 0 | 1): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

const paramsOf = (roomId: string, userId: string, token: string): never =>
  loginParams(app, roomId, userId, { appSign: undefined, token });

async function login(
  roomId: string,
  { gateway = 0, userId = newUserId(), token }: { gateway?: 0 | 1; userId?: string; token?: string } = {},
): Promise<User> {
  const used = token ?? (await issue(userId));
  const client = await connect(gateway);
  const answer = await client.call('room.login', paramsOf(roomId, userId, used));
  if (!('result' in answer)) {
    throw new Error(`refused with ${answer.code}`);
  }
  const { sessionId, resumeToken } = answer.result;
  const ticket = { appId: app.appId, userId, sessionId, resumeToken: resumeToken!, rooms: [] };
  return { client, userId, token: used, ticket };
}

/** Publishes audio in a room; returns the kinds that an operator mutes there. */
async function publish(client: RawClient, streamId: string, roomId: string, channel = 0): Promise<string[]> {
  expect(await client.codeOf('stream.publish', { streamId, channel, roomId })).toBe(0);
  expect(await client.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters: opus })).toBe(0);
  const answer = await client.call('stream.share', { streamId, roomId });
  if (!('result' in answer)) {
    throw new Error(`not shared: ${answer.code}`);
  }
  return answer.result.mutedKinds ?? [];
}

const whenExpelled = (client: RawClient): Promise<unknown> =>
  waitFor(() => client.eventsOf('room.expelled').length > 0, {
    timeoutMs: inForceMs,
    describe: 'the expulsion',
  });

const whenMediaEnds = (userId: string): Promise<unknown> =>
  waitFor(async () => (await watch.sessionOf(userId)) === undefined, {
    timeoutMs: inForceMs,
    describe: `the media of ${userId} to end`,
  });

describe('a revocation over REST', () => {
  test.each([
    ['a native token by its ID', 'native', (user: User) => ({ tokenId: jtiOf(user.token) })],
    ['a token04 by its hash', 'token04', (user: User) => ({ tokenId: token04IdOf(user.token) })],
    ['a token by itself', 'token04', (user: User) => ({ token: user.token })],
    ['all tokens of a user', 'native', (user: User) => ({ userId: user.userId })],
  ] as const)('ends a speaking session within 2 s and refuses its token: %s', async (_what, kind, bodyOf) => {
    const userId = newUserId();
    const user = await login('room', { gateway: 1, userId, token: await issue(userId, kind) });
    const bystander = await login('room');
    await publish(user.client, `stream-${userId}`, 'room');
    expect((await watch.sessionOf(userId))?.upstreams).toHaveLength(1);
    await admin('POST', '/revocations', bodyOf(user));
    await whenExpelled(user.client);
    expect(user.client.eventsOf('room.expelled')).toEqual([{ code: revokedCode }]);
    await whenMediaEnds(userId);
    for (const gateway of [0, 1] as const) {
      const again = await connect(gateway);
      expect(await again.codeOf('room.login', paramsOf('room', userId, user.token))).toBe(revokedCode);
    }
    expect(await (await connect(0)).codeOf('session.resume', user.ticket)).not.toBe(0);
    expect(bystander.client.eventsOf('room.expelled')).toEqual([]);
  });

  test('refuses the renewal with a revoked token, and the former one stays', async () => {
    const user = await login('room');
    const next = await issue(user.userId);
    await admin('POST', '/revocations', { token: next });
    expect(await user.client.codeOf('room.renewToken', { roomId: 'room', token: next })).toBe(revokedCode);
    expect(user.client.eventsOf('room.expelled')).toEqual([]);
  });

  test('ends a session without a socket with its media, and refuses its resume', async () => {
    const user = await login('room');
    await publish(user.client, `stream-${user.userId}`, 'room');
    user.client.close();
    await admin('POST', '/revocations', { userId: user.userId });
    // The session may not be suspended yet: then the resume finds the revocation.
    const back = await connect(1);
    expect(await back.codeOf('session.resume', user.ticket)).toBe(revokedCode);
    await whenMediaEnds(user.userId);
  });

  test.each([{}, { userId: 'a', token: 'b' }, { issuedBefore: 0xffffffff }])('refuses %j', async (body) => {
    await expect(admin('POST', '/revocations', body)).rejects.toMatchObject({ code: 1000017 });
  });
});

test('a ban ends what the user has open at every gateway at once', async () => {
  const user = await login('room', { gateway: 1 });
  await publish(user.client, `stream-${user.userId}`, 'room');
  await admin('POST', '/bans', { userId: user.userId, forMs: 60_000 });
  await whenExpelled(user.client);
  expect(user.client.eventsOf('room.expelled')).toEqual([{ code: kicked }]);
  await whenMediaEnds(user.userId);
  const again = await connect(0);
  expect(await again.codeOf('room.login', paramsOf('room', user.userId, user.token))).toBe(banned);
});

test('a kick with blockSeconds keeps the user out of the room for that time', async () => {
  const user = await login('room');
  const path = `/rooms/room/members/${user.userId}`;
  expect(await admin('DELETE', path, { blockSeconds: 2 })).toEqual({ roomIds: ['room'] });
  await whenExpelled(user.client);
  const again = await connect(1);
  const enter = () => again.codeOf('room.login', paramsOf('room', user.userId, user.token));
  expect(await enter()).toBe(banned);
  await waitFor(async () => (await enter()) === 0, { timeoutMs: 6000, describe: 'the block to end' });
  await expect(admin('DELETE', path, { blockSeconds: 0 })).rejects.toBeInstanceOf(AppError);
});

test('an operator’s mute follows the user to another stream ID and another session', async () => {
  await login('quiet');
  const user = await login('quiet');
  const { userId } = user;
  const operatorMutes = async () =>
    (await watch.sessionOf(userId))?.upstreams.map(({ mutes }) => mutes.operator);
  await publish(user.client, 'q1', 'quiet');
  await admin('PUT', '/rooms/quiet/streams/q1/mutes/audio');
  expect(await admin('GET', `/rooms/quiet/members/${userId}/mutes`)).toEqual({ kinds: ['audio'] });
  expect(await user.client.codeOf('stream.stopPublish', { streamId: 'q1' })).toBe(0);
  expect(await publish(user.client, 'q2', 'quiet')).toEqual(['audio']);
  expect(await operatorMutes()).toEqual([[{ roomId: 'quiet', kinds: ['audio'] }]]);
  // The device policy ends the first session.
  const next = await login('quiet', { gateway: 1, userId });
  expect(await publish(next.client, 'q3', 'quiet')).toEqual(['audio']);
  await waitFor(async () => (await operatorMutes())?.length === 1, { describe: 'one stream' });
  expect(await operatorMutes()).toEqual([[{ roomId: 'quiet', kinds: ['audio'] }]]);
  expect(await admin('DELETE', `/rooms/quiet/members/${userId}/mutes/audio`)).toEqual({ kinds: [] });
  await waitFor(async () => (await operatorMutes())?.[0]?.length === 0, {
    describe: 'the mute to be lifted',
  });
});
