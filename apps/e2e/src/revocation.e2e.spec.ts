import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { token04IdOf } from '@polyroom/tokens';
import { type MediaWatch } from './support/media-watch.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TokenUser, TokenUsers } from './support/token-users.js';

/** Revoked tokens, bans, blocks and mutes against live sessions, on a real cluster with two gateways. */
let testCluster: SharedCluster;
let bus: Bus;
let watch: MediaWatch;
let users: TokenUsers;

const revokedCode = 1190403;
const kicked = 1002055;
const banned = 1002066;
/** The time in which a revocation is in force on live sessions. */
const inForceMs = 2000;
beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = testCluster.watchMedia(bus);
  users = new TokenUsers(testCluster, await testCluster.createApp({ multiRoom: true }));
});
afterAll(async () => {
  await bus?.close();
  await testCluster?.close();
});
afterEach(() => users.closeAll());

const admin = (method: string, path: string, body?: unknown): Promise<unknown> =>
  testCluster.cluster.admin.send(method, `/v1/apps/${users.app.appId}${path}`, body);

const jtiOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string }).jti;

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
    ['a native token by its ID', 'native', (user: TokenUser) => ({ tokenId: jtiOf(user.token) })],
    ['a token04 by its hash', 'token04', (user: TokenUser) => ({ tokenId: token04IdOf(user.token) })],
    ['a token by itself', 'token04', (user: TokenUser) => ({ token: user.token })],
    ['all tokens of a user', 'native', (user: TokenUser) => ({ userId: user.userId })],
  ] as const)('ends a speaking session within 2 s and refuses its token: %s', async (_what, kind, bodyOf) => {
    const userId = users.newUserId();
    const user = await users.login('room', { gateway: 1, userId, token: await users.issue(userId, kind) });
    const bystander = await users.login('room');
    await users.publish(user.client, `stream-${userId}`, 'room');
    expect((await watch.sessionOf(userId))?.upstreams).toHaveLength(1);
    await admin('POST', '/revocations', bodyOf(user));
    await whenExpelled(user.client);
    expect(user.client.eventsOf('room.expelled')).toEqual([{ code: revokedCode }]);
    await whenMediaEnds(userId);
    for (const gateway of [0, 1] as const) {
      expect(await users.codeOf('room', user, { gateway })).toBe(revokedCode);
    }
    expect(await (await users.connect(0)).codeOf('session.resume', user.ticket)).not.toBe(0);
    expect(bystander.client.eventsOf('room.expelled')).toEqual([]);
  });

  test('refuses the renewal with a revoked token, and the former one stays', async () => {
    const user = await users.login('room');
    const next = await users.issue(user.userId);
    await admin('POST', '/revocations', { token: next });
    expect(await user.client.codeOf('room.renewToken', { roomId: 'room', token: next })).toBe(revokedCode);
    expect(user.client.eventsOf('room.expelled')).toEqual([]);
  });

  test('ends a session without a socket with its media, and refuses its resume', async () => {
    const user = await users.login('room');
    await users.publish(user.client, `stream-${user.userId}`, 'room');
    user.client.close();
    await admin('POST', '/revocations', { userId: user.userId });
    // The session may not be suspended yet: then the resume finds the revocation.
    const back = await users.connect(1);
    expect(await back.codeOf('session.resume', user.ticket)).toBe(revokedCode);
    await whenMediaEnds(user.userId);
  });

  test.each([{}, { userId: 'a', token: 'b' }, { issuedBefore: 0xffffffff }])('refuses %j', async (body) => {
    await expect(admin('POST', '/revocations', body)).rejects.toMatchObject({ code: 1000017 });
  });
});

test('a ban ends what the user has open at every gateway at once', async () => {
  const user = await users.login('room', { gateway: 1 });
  await users.publish(user.client, `stream-${user.userId}`, 'room');
  await admin('POST', '/bans', { userId: user.userId, forMs: 60_000 });
  await whenExpelled(user.client);
  expect(user.client.eventsOf('room.expelled')).toEqual([{ code: kicked }]);
  await whenMediaEnds(user.userId);
  expect(await users.codeOf('room', user)).toBe(banned);
});

test('a kick with blockSeconds keeps the user out of the room for that time', async () => {
  const user = await users.login('room');
  const path = `/rooms/room/members/${user.userId}`;
  expect(await admin('DELETE', path, { blockSeconds: 6 })).toEqual({ roomIds: ['room'] });
  await whenExpelled(user.client);
  const again = await users.connect(1);
  const enter = () => again.codeOf('room.login', users.paramsOf('room', user.userId, user.token));
  expect(await enter()).toBe(banned);
  await waitFor(async () => (await enter()) === 0, { timeoutMs: 12_000, describe: 'the block to end' });
  await expect(admin('DELETE', path, { blockSeconds: 0 })).rejects.toBeInstanceOf(AppError);
});

test('an operator’s mute follows the user to another stream ID and another session', async () => {
  await users.login('quiet');
  const user = await users.login('quiet');
  const { userId } = user;
  const operatorMutes = async () => (await watch.upstreamsOf(userId)).map(({ mutes }) => mutes.operator);
  await users.publish(user.client, 'q1', 'quiet');
  await admin('PUT', '/rooms/quiet/streams/q1/mutes/audio');
  expect(await admin('GET', `/rooms/quiet/members/${userId}/mutes`)).toEqual({ kinds: ['audio'] });
  expect(await user.client.codeOf('stream.stopPublish', { streamId: 'q1' })).toBe(0);
  expect(await users.publish(user.client, 'q2', 'quiet')).toEqual(['audio']);
  expect(await operatorMutes()).toEqual([[{ roomId: 'quiet', kinds: ['audio'] }]]);
  // The device policy ends the first session.
  const next = await users.login('quiet', { gateway: 1, userId });
  expect(await users.publish(next.client, 'q3', 'quiet')).toEqual(['audio']);
  await waitFor(async () => (await operatorMutes()).length === 1, { describe: 'one stream' });
  expect(await operatorMutes()).toEqual([[{ roomId: 'quiet', kinds: ['audio'] }]]);
  expect(await admin('DELETE', `/rooms/quiet/members/${userId}/mutes/audio`)).toEqual({ kinds: [] });
  await waitFor(async () => (await operatorMutes())[0]?.length === 0, {
    describe: 'the mute to be lifted',
  });
});
