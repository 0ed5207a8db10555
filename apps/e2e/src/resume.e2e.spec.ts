import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AdminClient } from '@polyroom/cluster';
import { clientCloseCodes } from '@polyroom/contracts';
import { redisKinds, startRedisOf, waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { countKeys, sessionStateOf } from './support/redis-keys.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

const roomIds = ['r1', 'r2', 'r3', 'r4', 'r5'];
let testCluster: TestCluster;
let app: TestApp;
interface LoggedIn {
  client: RawClient;
  ticket: { appId: number; userId: string; sessionId: string; resumeToken: string };
  positions: { roomId: string; roomEpoch: string; seq: number }[];
}

async function login(userId: string, gateway: 0 | 1, config = {}): Promise<LoggedIn> {
  const client = await testCluster.connect(gateway);
  let ticket: LoggedIn['ticket'] | undefined;
  const positions: LoggedIn['positions'] = [];
  for (const roomId of roomIds) {
    const answer = await client.call('room.login', loginParams(app, roomId, userId, { config }));
    if (answer.code !== 0 || !('result' in answer)) {
      throw new Error(`${roomId}: ${answer.code}`);
    }
    const { sessionId, resumeToken, snapshot } = answer.result;
    positions.push({ roomId, roomEpoch: snapshot.roomEpoch, seq: snapshot.seq });
    if (resumeToken !== undefined) {
      ticket = { appId: app.appId, userId, sessionId, resumeToken };
    }
  }
  return { client, ticket: ticket!, positions };
}

function updatesOf(client: RawClient, userId: string): string[] {
  return client.events
    .filter(({ event }) => event === 'room.userUpdate')
    .filter(({ data }) => (data['users'] as { userId: string }[]).some((user) => user.userId === userId))
    .map(({ data }) => `${data['roomId'] as string} ${data['update'] as string}`);
}

describe.each(redisKinds)('on %s Redis', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedisOf>>;
  beforeAll(async () => {
    redis = await startRedisOf(kind);
    testCluster = await TestCluster.start({
      redisUrl: redis.url,
      sessionGraceMs: 60_000,
      gatewayLeaseMs: 2000,
    });
    app = await testCluster.createApp({ multiRoom: true });
  });
  afterAll(async () => {
    await testCluster?.close();
    await redis?.close();
  });

  describe('a client that lost its gateway', () => {
    test('restores all rooms at another gateway with one request and one result per room, without notifying members', async () => {
      const watcher = await login('watcher', 1, { isUserStatusNotify: true });
      const { ticket, positions, client } = await login('alice', 0, { isUserStatusNotify: true });
      testCluster.cluster.process('gateway-1').kill('SIGKILL');
      await waitFor(() => client.closeCode !== undefined, {
        timeoutMs: 5000,
        describe: 'the socket to close',
      });
      const path = `/v1/apps/${app.appId}/rooms/r3/members/alice`;
      const { gateways, adminToken } = testCluster.cluster;
      const admin = new AdminClient(gateways[1]!.httpUrl, adminToken);
      const kicked = await admin.send('DELETE', path, { reason: 'be nice' });
      expect(kicked).toEqual({ roomIds: ['r3'] });

      const back = await testCluster.connect(1);
      const answer = await back.call('session.resume', { ...ticket, rooms: positions });
      if (!('result' in answer)) {
        throw new Error(`refused with ${answer.code}`);
      }
      expect(answer.result.rooms.map(({ roomId }) => roomId).sort()).toEqual(['r1', 'r2', 'r4', 'r5']);
      // The kick applies whether or not the gateway's lease had expired: before that the live session cannot
      // be notified.
      expect(answer.result.lost).toHaveLength(1);
      expect(answer.result.lost[0]).toMatchObject({ roomId: 'r3' });
      expect(answer.result.media).toBeUndefined();

      // It is still a member: it sends and receives, except in the room from which it was kicked.
      const message = { content: 'back', clientMessageId: 'm1' };
      expect((await back.call('message.broadcast', { roomId: 'r5', ...message })).code).toBe(0);
      expect((await back.call('message.broadcast', { roomId: 'r3', ...message })).code).toBe(1009005);
      await waitFor(() => watcher.client.events.some(({ event }) => event === 'message.received'), {
        timeoutMs: 5000,
        describe: 'the message',
      });
      // Messages and the facts of a room come from different services.
      await waitFor(() => updatesOf(watcher.client, 'alice').includes('r3 delete'), {
        describe: 'the kick at a member',
      });
      expect(updatesOf(watcher.client, 'alice')).toEqual([
        ...roomIds.map((roomId) => `${roomId} add`),
        'r3 delete',
      ]);

      // After leaving and entering again nothing of the old membership is in the way.
      expect((await back.call('room.logout', {})).code).toBe(0);
      const again = await login('alice', 1);
      again.client.close();
      watcher.client.close();
      await testCluster.cluster.ready();
    });

    test('gets the reason of each room that was closed in the meantime', async () => {
      const { ticket, positions, client } = await login('bob', 1);
      client.close();
      await waitFor(
        async () => (await sessionStateOf(testCluster.cluster, app.appId, 'bob')) === 'suspended',
        {
          timeoutMs: 5000,
          describe: 'the session to be suspended',
        },
      );
      const { admin } = testCluster.cluster;
      await admin.send('DELETE', `/v1/apps/${app.appId}/rooms/r2`, { reason: 'closing time' });
      await admin.send('DELETE', `/v1/apps/${app.appId}/rooms/r4/members/bob`);
      const back = await testCluster.connect(1);
      const answer = await back.call('session.resume', { ...ticket, rooms: positions });
      if (!('result' in answer)) {
        throw new Error(`refused with ${answer.code}`);
      }
      expect(answer.result.rooms.map(({ roomId }) => roomId).sort()).toEqual(['r1', 'r3', 'r5']);
      expect(answer.result.lost.sort((a, b) => a.roomId.localeCompare(b.roomId))).toEqual([
        { roomId: 'r2', code: 1002055, reason: 'closing time' },
        { roomId: 'r4', code: 1002055 },
      ]);
      // Nothing changed in these rooms, so there is no snapshot.
      expect(answer.result.rooms.every(({ snapshot }) => snapshot === undefined)).toBe(true);
      back.close();
    });

    test('takes over its session from a socket that is still open, which is closed and releases nothing', async () => {
      const first = await login('carol', 1);
      const second = await testCluster.connect(0);
      const resume = { ...first.ticket, rooms: first.positions };
      expect((await second.call('session.resume', resume)).code).toBe(0);
      await waitFor(() => first.client.closeCode === clientCloseCodes.sessionMoved, {
        timeoutMs: 5000,
        describe: 'the old socket to be closed',
      });
      // Once more to the same gateway, while the socket there is open.
      const third = await testCluster.connect(0);
      expect((await third.call('session.resume', resume)).code).toBe(0);
      await waitFor(() => second.closeCode === clientCloseCodes.sessionMoved, {
        timeoutMs: 5000,
        describe: 'the second socket to be closed',
      });
      expect((await testCluster.cluster.admin.listUserRooms(app.appId, 'carol')).sort()).toEqual(roomIds);
      expect(await sessionStateOf(testCluster.cluster, app.appId, 'carol')).toBe('live');
      expect((await third.call('room.logout', {})).code).toBe(0);
      await waitFor(async () => (await countKeys(testCluster.cluster, app.appId, 'carol')) === 0, {
        timeoutMs: 5000,
        describe: 'all keys to be removed',
      });
      third.close();
    });

    test('is refused with a wrong secret, for an ended session, and after a kick', async () => {
      const { ticket, positions, client } = await login('dave', 1);
      const other = await testCluster.connect(1);
      const resume = (change: object) =>
        other.codeOf('session.resume', { ...ticket, rooms: positions, ...change });
      expect(await resume({ resumeToken: 'guess' })).toBe(1002033);
      expect(await resume({ userId: 'eve' })).toBe(1002052);
      expect(client.closeCode).toBeUndefined();
      const path = `/v1/apps/${app.appId}/users/dave/rooms`;
      await testCluster.cluster.admin.send('DELETE', path, { reason: 'enough' });
      await waitFor(() => client.events.some(({ event }) => event === 'room.expelled'), {
        timeoutMs: 5000,
        describe: 'the kick',
      });
      expect(client.events.find(({ event }) => event === 'room.expelled')?.data).toEqual({
        code: 1002055,
        reason: 'enough',
      });
      expect(await resume({})).toBe(1002052);
      client.close();
      other.close();
    });
  });
});
