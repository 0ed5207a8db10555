import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { waitFor } from '@polyroom/testing';
import { MediaWatch } from './support/media-watch.js';
import { type RawClient } from './support/raw-client.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';
import { type TokenUser, TokenUsers } from './support/token-users.js';

/**
 * The time until a decision is in force on live sessions, at two gateways and two media nodes. The measured times
 * are printed.
 */
const inForceMs = 2000;
const pollMs = 10;
const revoked = 1190403;
const kicked = 1002055;
const banned = 1002066;

interface Measured {
  what: string;
  /** The latest of both gateways, in ms. */
  [effect: string]: string | number;
}

let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let app: TestApp;
let users: TokenUsers;
const measured: Measured[] = [];
let count = 0;

beforeAll(async () => {
  testCluster = await TestCluster.start({
    mediaNodes: 2,
    mediaWorkers: 1,
    sessionGraceMs: 60_000,
    gatewayEnv: { POLYROOM_TRUSTED_PROXIES: '127.0.0.1' },
  });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1', 'nd_2']);
  app = await testCluster.createApp({ multiRoom: true, devicePolicy: 'share' });
  users = new TokenUsers(testCluster, app);
});
afterAll(async () => {
  await bus?.close();
  await testCluster?.close();
  process.stdout.write(
    `Enforcement on live sessions, ms:\n${measured.map((row) => JSON.stringify(row)).join('\n')}\n`,
  );
});
afterEach(() => users.closeAll());

const admin = (method: string, path: string, body?: unknown): Promise<unknown> =>
  testCluster.cluster.admin.send(method, `/v1/apps/${app.appId}${path}`, body);

/** The ms until a condition holds; every effect must come in time. */
async function timeOf(
  what: string,
  startedAtMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<number> {
  await waitFor(holds, { timeoutMs: 4 * inForceMs, intervalMs: pollMs, describe: what });
  return Math.round(performance.now() - startedAtMs);
}

function record(row: Measured): void {
  measured.push(row);
  const times = Object.values(row).filter((value) => typeof value === 'number');
  expect(Math.max(...times)).toBeLessThan(inForceMs);
}

const sessionsOf = async (userId: string): Promise<unknown[]> =>
  (await watch.dumps()).flatMap(({ sessions }) => sessions.filter((session) => session.userId === userId));

const enter = (user: TokenUser, roomId: string): Promise<number> =>
  user.client.codeOf('room.login', users.paramsOf(roomId, user.userId, user.token));

/** A viewer whose media is on another node than that of the user's sessions. */
async function viewerElsewhere(userId: string): Promise<TokenUser> {
  const taken = new Set(
    (await watch.dumps())
      .filter(({ sessions }) => sessions.some((session) => session.userId === userId))
      .map(({ nodeId }) => nodeId),
  );
  for (;;) {
    const viewer = await users.login(`elsewhere-${(count += 1)}`);
    if (taken.size === 2 || !taken.has((await watch.sessionOf(viewer.userId))!.nodeId)) {
      return viewer;
    }
    viewer.client.close();
  }
}

describe('ends both sessions of a speaking user, at two gateways, and what a viewer at another media node plays', () => {
  test.each<[string, number, number, (user: TokenUser, number: number) => Promise<unknown>]>([
    ['a revoked token', revoked, revoked, ({ token }) => admin('POST', '/revocations', { token })],
    ['all tokens of the user', revoked, revoked, ({ userId }) => admin('POST', '/revocations', { userId })],
    ['a ban of the user', kicked, banned, ({ userId }) => admin('POST', '/bans', { userId, forMs: 60_000 })],
    [
      'a ban of the user’s network',
      kicked,
      1000039,
      (_, number) => admin('POST', '/bans', { address: `198.51.${number}.0/24`, forMs: 60_000 }),
    ],
    [
      'a kick with blockSeconds',
      kicked,
      banned,
      ({ userId }, number) =>
        Promise.all(
          [0, 1].map((gateway) =>
            admin('DELETE', `/rooms/room-${number}-${gateway}/members/${userId}`, { blockSeconds: 60 }),
          ),
        ),
    ],
  ])('%s', async (what, expelledCode, loginCode, act) => {
    const number = (count += 1);
    const [userId, address] = [users.newUserId(), `198.51.${number}.7`];
    const roomIds = [0, 1].map((gateway) => `room-${number}-${gateway}`);
    const streamIds = [0, 1].map((gateway) => `stream-${number}-${gateway}`);
    const token = await users.issue(userId);
    const speakers: TokenUser[] = [];
    for (const gateway of [0, 1] as const) {
      const speaker = await users.login(roomIds[gateway]!, { gateway, userId, token, address });
      await users.publish(speaker.client, streamIds[gateway]!, roomIds[gateway]!, gateway);
      speakers.push(speaker);
    }
    const bystander = await users.login(`bystanders-${number}`, { gateway: 1 });
    const viewer = await viewerElsewhere(userId);
    for (const [gateway, roomId] of roomIds.entries()) {
      expect([await enter(bystander, roomId), await enter(viewer, roomId)]).toEqual([0, 0]);
      expect(await users.play(viewer.client, streamIds[gateway]!, roomId)).toBe(0);
    }
    expect((await watch.sessionOf(viewer.userId))!.downlinks).toHaveLength(2);
    const removed =
      ({ client }: TokenUser) =>
      () =>
        client.eventsOf('room.streamUpdate').filter(({ update }) => update === 'delete').length === 2;

    const startedAtMs = performance.now();
    const acting = act(speakers[0]!, number);
    const [expelled, media, played, shown, refused] = await Promise.all([
      timeOf('the expulsions', startedAtMs, () => speakers.every(({ client }) => isExpelled(client))),
      timeOf('the media to end', startedAtMs, async () => (await sessionsOf(userId)).length === 0),
      timeOf('the downlinks to end', startedAtMs, async () => {
        const session = await watch.sessionOf(viewer.userId);
        return session!.downlinks.length === 0;
      }),
      timeOf('the removal for members', startedAtMs, removed(bystander)),
      timeOf('the refusal of requests', startedAtMs, async () => {
        const sharing = speakers.map(({ client }, gateway) =>
          client.codeOf('stream.share', { roomId: roomIds[gateway], streamId: streamIds[gateway] }),
        );
        return (await Promise.all(sharing)).every((code) => code !== 0);
      }),
    ]);
    await acting;
    record({ what, expelled, media, played, shown, refused });
    for (const [gateway, speaker] of speakers.entries()) {
      expect(speaker.client.eventsOf('room.expelled')).toMatchObject([{ code: expelledCode }]);
      const roomId = roomIds[gateway]!;
      for (const at of [0, 1] as const) {
        expect(await users.codeOf(roomId, speaker, { gateway: at, address })).toBe(loginCode);
      }
      const elsewhere = await users.connect(gateway === 0 ? 1 : 0, address);
      expect(await elsewhere.codeOf('session.resume', speaker.ticket)).not.toBe(0);
      const { client } = speaker;
      for (const [method, params] of [
        ['stream.share', { roomId, streamId: streamIds[gateway] }],
        ['stream.publish', { roomId, streamId: `${streamIds[gateway]}-next`, channel: 0 }],
        ['stream.republish', { streamId: streamIds[gateway] }],
        ['message.broadcast', { roomId, content: 'still here', clientMessageId: 'm1' }],
      ] as const) {
        expect([method, await client.codeOf(method, params)]).not.toEqual([method, 0]);
      }
    }
    expect(bystander.client.eventsOf('room.expelled')).toEqual([]);
    expect(await sessionsOf(userId)).toEqual([]);
  });
});

const isExpelled = (client: RawClient): boolean => client.eventsOf('room.expelled').length > 0;

describe('a lowered entitlement refuses the next request of live sessions at two gateways', () => {
  /** A request that the former value allows and that leaves nothing behind. */
  type Attempt = (user: TokenUser, roomId: string, streamId: string) => Promise<number>;

  const enterAnother: Attempt = async ({ client, userId, token }, roomId) => {
    const code = await client.codeOf('room.login', users.paramsOf(`${roomId}-more`, userId, token));
    await client.codeOf('room.logout', { roomId: `${roomId}-more` });
    return code;
  };
  const broadcast =
    (content: string): Attempt =>
    ({ client }, roomId) =>
      client.codeOf('message.broadcast', { roomId, content, clientMessageId: `m${(count += 1)}` });
  const shareElsewhere: Attempt = async ({ client }, roomId, streamId) => {
    const share = { roomId: `${roomId}-second`, streamId };
    const code = await client.codeOf('stream.share', share);
    await client.codeOf('stream.unshare', share);
    return code;
  };
  const setAttributes: Attempt = ({ client }, roomId) =>
    client.codeOf('room.setAttributes', { roomId, changes: [{ key: 'k', value: 'v' }] });

  test.each<[string, number | boolean, number | boolean, number, Attempt]>([
    ['multiRoom', true, false, 1002036, enterAnother],
    ['maxRoomsPerUser', 3, 2, 1002037, enterAnother],
    ['shareStream', true, false, 1003025, shareElsewhere],
    ['maxMessageBytes', 1024, 10, 1009002, broadcast('more than ten bytes')],
    ['broadcastsPerUserPerSecond', 0, 1, 1009015, broadcast('short')],
    ['updatesPerUserPerSecond', 0, 1, 1009015, setAttributes],
  ])('%s from %p to %p: %p', async (name, before, after, code, attempt) => {
    const own = await testCluster.createApp({
      ...{ multiRoom: true, broadcastsPerUserPerSecond: 0, broadcastsPerRoomPerSecond: 0 },
      ...{ updatesPerUserPerSecond: 0, attributeChangesPerRoomPerSecond: 0, [name]: before },
    });
    const formerUsers = users;
    users = new TokenUsers(testCluster, own);
    const live: { user: TokenUser; roomId: string; streamId: string }[] = [];
    for (const gateway of [0, 1] as const) {
      const [roomId, streamId] = [`room-${gateway}`, `stream-${gateway}`];
      const user = await users.login(roomId, { gateway });
      const second = users.paramsOf(`${roomId}-second`, user.userId, user.token);
      expect(await user.client.codeOf('room.login', second)).toBe(0);
      await users.publish(user.client, streamId, roomId);
      expect(await attempt(user, roomId, streamId)).toBe(0);
      live.push({ user, roomId, streamId });
    }
    const startedAtMs = performance.now();
    const acting = testCluster.cluster.admin.setEntitlement(own.appId, name, after);
    const times = await Promise.all(
      live.map(({ user, roomId, streamId }) =>
        timeOf(`${name} at a gateway`, startedAtMs, async () => {
          const answer = await attempt(user, roomId, streamId);
          expect([0, code]).toContain(answer);
          return answer === code;
        }),
      ),
    );
    await acting;
    record({ what: `${name} ${before} -> ${after}`, refused: Math.max(...times) });
    // No member is removed from a room.
    expect(live.filter(({ user }) => isExpelled(user.client))).toEqual([]);
    for (const { user, roomId } of live) {
      expect(await user.client.codeOf('room.getSnapshot', { roomId: `${roomId}-second` })).toBe(0);
    }
    users.closeAll();
    users = formerUsers;
  });
});
