import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { redisKinds, startRedisOf, waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { countKeys, keysOf } from './support/redis-keys.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Room limits and membership on a real cluster with two gateways and two room instances. */
const graceMs = 1500;
const leaseMs = 3000;
let testCluster: TestCluster;

describe.each(redisKinds)('on %s Redis', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedisOf>>;
  beforeAll(async () => {
    redis = await startRedisOf(kind);
    testCluster = await TestCluster.start({
      ...{ redisUrl: redis.url, roomInstances: 2 },
      ...{ sessionGraceMs: graceMs, gatewayLeaseMs: leaseMs },
    });
  });
  afterAll(async () => {
    await testCluster?.close();
    await redis?.close();
  });

  describe('the limit', () => {
    test('accepts exactly 5 of 200 concurrent logins of one user through both gateways', async () => {
      // Two sockets of one user are two devices; with this policy they share one budget.
      const app = await testCluster.createApp({ multiRoom: true, devicePolicy: 'share' });
      const clients = [await testCluster.connect(0), await testCluster.connect(1)];
      const codes = await Promise.all(
        Array.from({ length: 200 }, (_, room) =>
          clients[room % 2]!.codeOf('room.login', loginParams(app, `crowd-${room}`, 'hurried')),
        ),
      );
      expect(codes.filter((code) => code === 0)).toHaveLength(5);
      expect(codes.filter((code) => code === 1002037)).toHaveLength(195);
      expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'hurried')).toHaveLength(5);

      const left = await Promise.all(clients.map((client) => client.codeOf('room.logout', {})));
      // All five may belong to one socket: the other one then has no room to leave.
      expect(left.every((code) => code === 0 || code === 1000002)).toBe(true);
      await waitForNoKeys(app, 'hurried');
      expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'hurried')).toEqual([]);

      for (let room = 0; room < 5; room++) {
        expect(await clients[0]!.codeOf('room.login', loginParams(app, `again-${room}`, 'hurried'))).toBe(0);
      }
      clients.forEach((client) => client.close());
    });

    test('enables multi-room within 2 s over the REST API, without a restart, and audits the author', async () => {
      const app = await testCluster.createApp();
      const client = await testCluster.connect(1);
      const login = () => client.codeOf('room.login', loginParams(app, 'switched', 'waiting'));
      expect(await login()).toBe(1002036);
      const switchedAtMs = Date.now();
      await testCluster.cluster.admin.setEntitlement(app.appId, 'multiRoom', true);
      await waitFor(async () => (await login()) === 0, {
        describe: 'the login to succeed',
      });
      expect(Date.now() - switchedAtMs).toBeLessThan(2000);
      const [newest] = await testCluster.cluster.admin.listAudit(app.appId);
      expect(newest).toMatchObject({ actor: 'local-admin', after: true });
      expect(newest?.subject).toContain('multiRoom');
      client.close();
    });
  });

  describe('leaving', () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await testCluster.createApp({ multiRoom: true });
    });

    test('releases all rooms after the grace when a socket closes, and notifies the members', async () => {
      const leaver = await testCluster.connect(0);
      const stayer = await testCluster.connect(1);
      await enter(app, stayer, 'grace-1', 'stayer');
      await enter(app, leaver, 'grace-1', 'leaver');
      await enter(app, leaver, 'grace-2', 'leaver');
      expect(
        await leaver.codeOf('stream.publish', { streamId: 'grace-stream', channel: 0, roomId: 'grace-1' }),
      ).toBe(0);
      expect(await countKeys(testCluster.cluster, app.appId, 'leaver')).toBeGreaterThan(0);

      const closedAtMs = Date.now();
      leaver.close();
      await waitForNoKeys(app, 'leaver');
      expect(Date.now() - closedAtMs).toBeGreaterThanOrEqual(graceMs);
      await waitFor(() => usersGone(stayer).includes('leaver'), {
        describe: 'the remaining member to be notified',
      });
      // The stream ID is available again.
      expect(
        await stayer.codeOf('stream.publish', { streamId: 'grace-stream', channel: 0, roomId: 'grace-1' }),
      ).toBe(0);
      stayer.close();
    });

    test('releases the users of a killed gateway, and the other gateway continues', async () => {
      const lost = await testCluster.connect(1);
      const kept = await testCluster.connect(0);
      await enter(app, kept, 'kill-1', 'kept');
      await enter(app, lost, 'kill-1', 'lost');
      testCluster.cluster.process('gateway-2').kill('SIGKILL');
      await waitFor(() => usersGone(kept).includes('lost'), {
        timeoutMs: leaseMs + graceMs + 10_000,
        describe: 'the lost user to be removed',
      });
      await waitForNoKeys(app, 'lost');
      expect(
        await kept.codeOf('message.broadcast', { roomId: 'kill-1', content: 'on', clientMessageId: '1' }),
      ).toBe(0);
      kept.close();
      // The launcher restarts it, and it serves.
      await testCluster.cluster.ready();
      const back = await testCluster.connect(1);
      await enter(app, back, 'kill-1', 'lost');
      back.close();
    });

    test('replaces the session of the same user on another device with 1002050', async () => {
      const older = await testCluster.connect(0);
      const newer = await testCluster.connect(1);
      const witness = await testCluster.connect(0);
      await enter(app, witness, 'device-3', 'witness');
      await enter(app, older, 'device-1', 'mover');
      await enter(app, older, 'device-2', 'mover');
      await enter(app, newer, 'device-1', 'mover');
      await waitFor(() => older.eventsOf('room.expelled').length > 0, {
        describe: 'the older session to be notified',
      });
      expect(older.eventsOf('room.expelled')[0]).toMatchObject({ code: 1002050 });
      expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'mover')).toEqual(['device-1']);
      expect(
        await older.codeOf('message.broadcast', { roomId: 'device-2', content: 'x', clientMessageId: '1' }),
      ).not.toBe(0);
      // Closing the older socket must not affect the newer session.
      older.close();
      await waitFor(() => older.closeCode !== undefined, { describe: 'the older socket to close' });
      // Closed later, the witness ends after the grace that the older session would have.
      witness.close();
      await waitForNoKeys(app, 'witness');
      expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'mover')).toEqual(['device-1']);
      newer.close();
    });
  });

  describe('messages', () => {
    test('arrive once, in order and acknowledged, at the members of the room only', async () => {
      const app = await testCluster.createApp({
        multiRoom: true,
        broadcastsPerUserPerSecond: 1000,
        broadcastsPerRoomPerSecond: 1000,
      });
      const [a, b, c, d] = await Promise.all(
        [0, 1, 0, 1].map((gateway) => testCluster.connect(gateway as 0 | 1)),
      );
      await enter(app, a!, 'room1', 'a');
      await enter(app, a!, 'room2', 'a');
      await enter(app, b!, 'room1', 'b');
      await enter(app, c!, 'room1', 'c');
      await enter(app, c!, 'room2', 'c');
      await enter(app, d!, 'room2', 'd');

      const count = 100;
      const sent: Promise<number>[] = [];
      for (let index = 0; index < count; index++) {
        const sender = index % 2 === 0 ? a! : b!;
        sent.push(
          sender.codeOf('message.broadcast', {
            roomId: 'room1',
            content: `m${index}`,
            clientMessageId: `id${index}`,
          }),
        );
      }
      expect(new Set(await Promise.all(sent))).toEqual(new Set([0]));
      await waitFor(() => contents(c!).length >= count, { timeoutMs: 5000, describe: 'all messages at c' });

      const seqs = received(c!).map((message) => message.seq);
      expect(seqs).toEqual([...seqs].sort((left, right) => left - right));
      expect(new Set(contents(c!)).size).toBe(count);
      expect(contents(c!)).toHaveLength(count);
      // All members receive the same messages; senders receive their own at their position.
      await waitFor(() => [a, b].every((client) => contents(client!).length >= count), {
        describe: 'all messages at a and b',
      });
      expect(contents(a!)).toEqual(contents(c!));
      expect(contents(b!)).toEqual(contents(c!));
      expect(contents(d!)).toEqual([]);

      // A repeated message ID is the same message.
      const again = await a!.call('message.broadcast', {
        roomId: 'room1',
        content: 'm0',
        clientMessageId: 'id0',
      });
      expect(again.code).toBe(0);
      expect(
        await d!.codeOf('message.broadcast', { roomId: 'room1', content: 'x', clientMessageId: 'x' }),
      ).toBe(1009005);
      expect(
        await d!.codeOf('message.broadcast', { roomId: 'room2', content: '', clientMessageId: 'y' }),
      ).toBe(1009001);
      expect(
        await d!.codeOf('message.broadcast', {
          roomId: 'room2',
          content: 'ü'.repeat(513),
          clientMessageId: 'z',
        }),
      ).toBe(1009002);
      await waitFor(
        async () =>
          (await d!.codeOf('message.broadcast', {
            roomId: 'room2',
            content: 'last',
            clientMessageId: 'l',
          })) === 0,
        {
          describe: 'a message into room2',
        },
      );
      await waitFor(() => contents(c!).includes('last'), {
        describe: 'the message of room2 at c',
      });
      expect(contents(c!)).toHaveLength(count + 1);
      expect(contents(b!)).not.toContain('last');
      [a, b, c, d].forEach((client) => client!.close());
    });
  });
});

async function enter(app: TestApp, client: RawClient, roomId: string, userId: string): Promise<void> {
  const code = await client.codeOf(
    'room.login',
    loginParams(app, roomId, userId, { config: { isUserStatusNotify: true } }),
  );
  expect(code).toBe(0);
}

async function waitForNoKeys(app: TestApp, userId: string): Promise<void> {
  let left: string[] = [];
  await waitFor(async () => (left = await keysOf(testCluster.cluster, app.appId, userId)).length === 0, {
    timeoutMs: graceMs + 5000,
    describe: `no key of ${userId}`,
  }).catch((error: unknown) => {
    throw new Error(`Redis has keys of ${userId}: ${left.join(' ')}`, { cause: error });
  });
}

function usersGone(client: RawClient): string[] {
  return client
    .eventsOf('room.userUpdate')
    .filter((event) => event['update'] === 'delete')
    .flatMap((event) => (event['users'] as { userId: string }[]).map((user) => user.userId));
}

function received(client: RawClient): { content: string; seq: number }[] {
  return client
    .eventsOf('message.received')
    .flatMap((event) => event['messages'] as { content: string; seq: number }[]);
}

function contents(client: RawClient): string[] {
  return received(client).map((message) => message.content);
}
