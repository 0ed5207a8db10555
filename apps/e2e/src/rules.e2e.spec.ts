import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { redisKinds, startRedisOf, waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { countKeys } from './support/redis-keys.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

let testCluster: TestCluster;
let app: TestApp;
const open: RawClient[] = [];
async function connect(gateway: 0 | 1 = 0): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

function login(client: RawClient, roomId: string, userId: string, overrides = {}, of = app): Promise<number> {
  return client.codeOf('room.login', loginParams(of, roomId, userId, overrides));
}

function rest(method: string, path: string, body?: unknown, of = app): Promise<unknown> {
  return testCluster.cluster.admin.send(method, `/v1/apps/${of.appId}${path}`, body);
}

function ban(body: object): Promise<unknown> {
  return rest('POST', '/bans', body);
}

describe.each(redisKinds)('on %s Redis', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedisOf>>;
  beforeAll(async () => {
    redis = await startRedisOf(kind);
    testCluster = await TestCluster.start({
      redisUrl: redis.url,
      sessionGraceMs: 1500,
      gatewayLeaseMs: 2000,
    });
    app = await testCluster.createApp({ multiRoom: true });
  });
  afterAll(async () => {
    open.forEach((client) => client.close());
    await testCluster?.close();
    await redis?.close();
  });

  describe('login rules', () => {
    test('refuses a banned user in all rooms, or in one room, until the ban is lifted', async () => {
      const client = await connect();
      await ban({ userId: 'mallory', forMs: 60_000 });
      expect(await login(client, 'a', 'mallory')).toBe(1002066);
      expect(await login(await connect(), 'a', 'trent')).toBe(0);
      await ban({ userId: 'mallory', forMs: 0 });
      expect(await login(client, 'a', 'mallory')).toBe(0);
      await ban({ userId: 'mallory', roomId: 'b', forMs: 60_000 });
      expect(await login(client, 'b', 'mallory')).toBe(1002066);
      expect(await login(client, 'c', 'mallory')).toBe(0);
      // A refused login takes no slot: all 5 are still available.
      for (const roomId of ['d', 'e', 'f']) {
        expect(await login(client, roomId, 'mallory')).toBe(0);
      }
      expect(await login(client, 'g', 'mallory')).toBe(1002037);
    });

    test('expires a ban, and refuses all logins into a locked room', async () => {
      const client = await connect();
      await ban({ roomId: 'door', forMs: 4000 });
      expect(await login(client, 'door', 'peggy')).toBe(1002066);
      await waitFor(async () => (await login(client, 'door', 'peggy')) === 0, {
        timeoutMs: 10_000,
        describe: 'the ban to end',
      });
    });

    test('refuses every user of a banned address within a second', async () => {
      const other = await testCluster.createApp({ multiRoom: true });
      const client = await connect();
      const path = `/v1/apps/${other.appId}/bans`;
      await testCluster.cluster.admin.send('POST', path, { address: '127.0.0.1', forMs: 60_000 });
      expect(await login(client, 'a', 'oscar', {}, other)).toBe(1000039);
      expect(await login(await connect(), 'a', 'oscar')).toBe(0);
    });

    test.each([
      [{ forMs: 1 }],
      [{ userId: 'x', forMs: 86_400_001 }],
      [{ userId: 'x', address: '127.0.0.1', forMs: 1 }],
      [{ address: 'home', forMs: 1 }],
      [{ userId: 'x' }],
    ])('refuses %j as a ban', async (body) => {
      await expect(ban(body)).rejects.toMatchObject({ code: 1000017 });
    });

    test('limits rooms, users and logins of an AppID, not counting closed ones', async () => {
      const small = await testCluster.createApp({ multiRoom: true, maxRooms: 2, maxUsers: 2 });
      const [first, second, third] = [await connect(0), await connect(1), await connect(0)] as const;
      expect(await login(first, 'one', 'u1', {}, small)).toBe(0);
      expect(await login(second, 'two', 'u2', {}, small)).toBe(0);
      expect(await login(first, 'three', 'u1', {}, small)).toBe(1002035);
      expect(await login(third, 'one', 'u3', {}, small)).toBe(1190402);
      expect(await first.codeOf('room.logout', {})).toBe(0);
      expect(await login(third, 'three', 'u3', {}, small)).toBe(0);

      const shared = await testCluster.createApp({ multiRoom: true, maxUsers: 1, devicePolicy: 'share' });
      const [phone, laptop, other] = [await connect(0), await connect(1), await connect(0)] as const;
      expect(await login(phone, 'one', 'u1', {}, shared)).toBe(0);
      expect(await login(laptop, 'two', 'u1', {}, shared)).toBe(0);
      expect(await phone.codeOf('room.logout', {})).toBe(0);
      expect(await login(other, 'one', 'u2', {}, shared)).toBe(1190402);
      expect(await laptop.codeOf('room.logout', {})).toBe(0);
      expect(await login(other, 'one', 'u2', {}, shared)).toBe(0);

      const slow = await testCluster.createApp({ multiRoom: true, loginsPerSecond: 2 });
      const codes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => login(second, `r${index}`, 'u2', {}, slow)),
      );
      expect(codes).not.toContain(0);
      const rushed = await connect();
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, index) => login(rushed, `r${index}`, 'u9', {}, slow)),
      );
      expect(all).toContain(1002071);
      expect(all.filter((code) => code === 0).length).toBeGreaterThan(0);
    });
  });

  describe('rooms', () => {
    test('can be created in advance, keep their settings and stay while empty', async () => {
      expect(await rest('PUT', '/rooms/prepared', { maxMemberCount: 1, keepMs: 60_000 })).toEqual({
        created: true,
      });
      expect(await rest('PUT', '/rooms/prepared', { maxMemberCount: 1, keepMs: 60_000 })).toEqual({
        created: false,
      });
      const [first, second] = [await connect(0), await connect(1)] as const;
      expect(await login(first, 'prepared', 'p1', { config: { maxMemberCount: 9 } })).toBe(0);
      expect(await login(second, 'prepared', 'p2')).toBe(1002034);
      expect(await first.codeOf('room.logout', {})).toBe(0);
      expect(await rest('GET', '/rooms/prepared')).toMatchObject({ memberCount: 0, members: [] });
      expect(await login(second, 'prepared', 'p2')).toBe(0);
      expect(await login(first, 'prepared', 'p1')).toBe(1002034);
      await rest('PUT', '/rooms/prepared', { maxMemberCount: 1, keepMs: 0 });
      expect(await second.codeOf('room.logout', {})).toBe(0);
      await expect(rest('GET', '/rooms/prepared')).rejects.toMatchObject({ code: 1002002 });
    });

    test('are switched without counting against the limit, and no user is in both', async () => {
      const [client, watcher] = [await connect(0), await connect(1)] as const;
      for (const roomId of ['s1', 's2', 's3', 's4', 's5']) {
        expect(await login(client, roomId, 'walker')).toBe(0);
      }
      expect(await login(watcher, 's1', 'watcher', { config: { isUserStatusNotify: true } })).toBe(0);
      const to = (fromRoomId: string, toRoomId: string) =>
        client.codeOf('room.switch', { fromRoomId, toRoomId });
      expect(await login(client, 's6', 'walker')).toBe(1002037);
      expect(await to('nowhere', 's6')).toBe(1002002);
      expect(await to('s1', 's2')).toBe(1002064);
      expect(await to('s1', 's6')).toBe(0);
      expect((await testCluster.cluster.admin.listUserRooms(app.appId, 'walker')).sort()).toEqual([
        's2',
        's3',
        's4',
        's5',
        's6',
      ]);
      await waitFor(() => watcher.eventsOf('room.userUpdate').some(({ update }) => update === 'delete'), {
        describe: 'the other members to be notified',
      });
      await rest('PUT', '/rooms/full', { maxMemberCount: 1, keepMs: 60_000 });
      expect(await login(watcher, 'full', 'watcher')).toBe(0);
      expect(await to('s6', 'full')).toBe(1002034);
      expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'walker')).toHaveLength(4);
      expect(await login(client, 's1', 'walker')).toBe(0);
      expect(await login(client, 's7', 'walker')).toBe(1002037);
    });

    test('are left one by one through kicks, and for all members when closed', async () => {
      const [client, other] = [await connect(0), await connect(1)] as const;
      for (const roomId of ['k1', 'k2']) {
        expect(await login(client, roomId, 'kim')).toBe(0);
      }
      expect(await login(other, 'k2', 'lee')).toBe(0);
      expect(await rest('DELETE', '/rooms/k1/members/kim', { reason: 'be nice' })).toEqual({
        roomIds: ['k1'],
      });
      expect(await rest('DELETE', '/rooms/k1/members/absent')).toEqual({ roomIds: [] });
      await waitFor(() => client.eventsOf('room.expelled').length === 1, {
        describe: 'the kick',
      });
      expect(client.eventsOf('room.expelled')).toEqual([{ roomId: 'k1', code: 1002055, reason: 'be nice' }]);
      const speak = (from: RawClient, roomId: string) =>
        from.codeOf('message.broadcast', { roomId, content: 'x', clientMessageId: roomId });
      expect(await speak(client, 'k1')).toBe(1009005);
      expect(await speak(client, 'k2')).toBe(0);
      expect(await rest('DELETE', '/rooms/k2')).toEqual({ members: 2 });
      await waitFor(() => other.eventsOf('room.expelled').length === 1, {
        describe: 'the end',
      });
      // The sessions end with their last room and leave no keys.
      await waitFor(async () => (await countKeys(testCluster.cluster, app.appId, 'kim')) === 0, {
        timeoutMs: 5000,
        describe: 'all keys to be removed',
      });
      expect(await login(client, 'k1', 'kim')).toBe(0);
    });

    test('have attributes: the last write wins, a given version must match, and the number is limited', async () => {
      const [client, other] = [await connect(0), await connect(1)] as const;
      expect(await login(client, 'notes', 'nina')).toBe(0);
      expect(await login(other, 'notes', 'noel')).toBe(0);
      const set = (changes: object[], by = client) =>
        by.call('room.setAttributes', { roomId: 'notes', changes } as never);
      const first = await set([
        { key: 'topic', value: 'tea' },
        { key: 'stage', value: 'one', version: 0 },
      ]);
      const version = 'result' in first ? first.result.attributes[0]!.version : 0;
      expect((await set([{ key: 'topic', value: 'x', version: 0 }], other)).code).toBe(1190401);
      // All or nothing: the second change fails, so the first one is not applied either.
      expect(
        (
          await set([
            { key: 'other', value: 'x' },
            { key: 'topic', value: 'x', version: version + 1 },
          ])
        ).code,
      ).toBe(1190401);
      expect((await set([{ key: 'topic', value: 'coffee', version }], other)).code).toBe(0);
      await rest('PUT', '/rooms/notes/attributes', { changes: [{ key: 'stage', value: '' }] });
      await waitFor(() => client.eventsOf('room.attributesUpdate').length === 2, {
        describe: 'the changes',
      });
      const snapshot = await client.call('room.getSnapshot', { roomId: 'notes' });
      expect('result' in snapshot && snapshot.result.attributes).toMatchObject([
        { key: 'topic', value: 'coffee', updatedByUserId: 'noel' },
      ]);
      const many = Array.from({ length: 11 }, (_, index) => ({ key: `k${index}`, value: 'x' }));
      expect((await set(many)).code).toBe(1002017);
      expect((await set([{ key: '', value: 'x' }])).code).toBe(1002014);
      expect((await set([{ key: 'k'.repeat(128), value: 'x' }])).code).toBe(1002015);
      expect((await set([{ key: 'k', value: 'x'.repeat(1025) }])).code).toBe(1002016);
      expect(
        await client.codeOf('room.setAttributes', { roomId: 'else', changes: [{ key: 'k', value: 'x' }] }),
      ).toBe(1002002);
    });

    test('have listen-only members', async () => {
      const client = await connect();
      expect(await login(client, 'hall', 'lena', { config: { listenOnly: true } })).toBe(0);
      const share = { streamId: 'lena-cam', channel: 0, roomId: 'hall' };
      expect(await client.codeOf('stream.publish', share)).toBe(1002082);
      expect(
        await client.codeOf('room.setAttributes', { roomId: 'hall', changes: [{ key: 'k', value: 'x' }] }),
      ).toBe(1000039);
    });

    test('are listed page by page', async () => {
      const client = await connect();
      expect(await login(client, 'listed', 'list-1')).toBe(0);
      expect(await login(await connect(1), 'listed', 'list-2')).toBe(0);
      const page = await client.call('room.listMembers', { roomId: 'listed' });
      expect('result' in page && page.result.members.map(({ userId }) => userId).sort()).toEqual([
        'list-1',
        'list-2',
      ]);
      expect(await client.codeOf('room.listMembers', { roomId: 'elsewhere' })).toBe(1002002);
    });
  });

  describe('a second device', () => {
    test('is refused with 1002086 if the AppID’s policy demands it, until the first one has left', async () => {
      const strict = await testCluster.createApp({ multiRoom: true, devicePolicy: 'refuseNew' });
      const [first, second] = [await connect(0), await connect(1)] as const;
      expect(await login(first, 'a', 'dee', {}, strict)).toBe(0);
      expect(await login(second, 'b', 'dee', {}, strict)).toBe(1002086);
      expect(await first.codeOf('room.logout', {})).toBe(0);
      expect(await login(second, 'b', 'dee', {}, strict)).toBe(0);
    });

    test('shares the room budget if the AppID’s policy allows it', async () => {
      const shared = await testCluster.createApp({
        multiRoom: true,
        devicePolicy: 'share',
        maxRoomsPerUser: 3,
      });
      const [first, second] = [await connect(0), await connect(1)] as const;
      expect(await login(first, 'a', 'dot', {}, shared)).toBe(0);
      expect(await login(second, 'b', 'dot', {}, shared)).toBe(0);
      expect(await login(second, 'a', 'dot', {}, shared)).toBe(1002064);
      expect(await login(second, 'c', 'dot', {}, shared)).toBe(0);
      expect(await login(first, 'd', 'dot', {}, shared)).toBe(1002037);
      expect(await second.codeOf('room.logout', { roomId: 'b' })).toBe(0);
      expect(await login(first, 'd', 'dot', {}, shared)).toBe(0);
    });
  });
});
