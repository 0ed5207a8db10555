import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  redisKinds,
  type RunningRedisCluster,
  startRedisCluster,
  startRedisOf,
  waitFor,
} from '@polyroom/testing';
import { Redis } from 'ioredis';
import { RoomStore } from './index.js';
import { admitOptions, appId, login, logout, session, tokenHash } from './room-store.fixtures.js';

describe.each(redisKinds)('on %s', (kind) => {
  let redis: { url: string; close(): Promise<void> };
  let store: RoomStore;
  beforeAll(async () => {
    redis = await startRedisOf(kind);
    store = await RoomStore.connect({ url: redis.url, prefix: 'spec' });
  });
  afterAll(async () => {
    await store?.close();
    await redis?.close();
  });

  test('a mute outlives the room, and one of an unknown stream becomes the mute of its user', async () => {
    const [roomId, streamId] = ['muted-room', 'a stream'];
    const ref = session('muted-user');
    const { userId } = ref;
    const mute = (kind: 'audio' | 'video') => store.room.mute(appId, roomId, { streamId }, kind, 60_000);
    const read = (target: object) => store.room.readMutes(appId, roomId, target);
    await expect(mute('audio')).rejects.toMatchObject({ code: 1002002 });
    const epoch = await login(store, ref, roomId);
    const first = await mute('video');
    expect(first).toMatchObject({ kinds: ['video'], userId: undefined });
    const [{ seq }] = first.changedStreams as unknown as [{ seq: number }];
    expect((await mute('audio')).changedStreams).toEqual([
      { streamId, kinds: ['audio', 'video'], seq: seq + 1 },
    ]);
    expect(await mute('audio')).toMatchObject({ changed: false, changedStreams: [] });
    expect((await read({ streamId: 'another' })).kinds).toEqual([]);
    expect(await read({ streamId, userId })).toMatchObject({ kinds: ['audio', 'video'], changed: true });
    expect(await read({ streamId: 'another', userId })).toMatchObject({
      kinds: ['audio', 'video'],
      changed: false,
    });
    expect(await store.room.liftMute(appId, roomId, { userId }, 'video')).toMatchObject({ kinds: ['audio'] });
    await logout(store, ref, roomId, epoch);
    expect((await read({ userId })).kinds).toEqual(['audio']);
    expect(await store.room.liftMute(appId, roomId, { userId }, 'audio')).toMatchObject({
      kinds: [],
      changedStreams: [],
    });
  });

  test('texts of callers that look like a record do not change what a login reads', async () => {
    const ref = session('forger');
    const forged = '{"state":"out","epoch":"99999999999999999999"},"state":"entering"';
    const texts = { userName: forged, note: forged, requestId: forged };
    const first = await login(store, ref, 'forged-1', texts);
    const options = admitOptions(ref, 'forged-2', { ...texts, opens: false });
    const second = await store.user.admit(options);
    expect(second).toMatchObject({ refused: undefined, repeated: false, out: [], swept: [] });
    expect(second.epoch! - first).toBeLessThan(60_000_000);
    expect(await store.user.admit(options)).toMatchObject({ epoch: second.epoch, repeated: true });
    await store.user.release(ref, 'forged-2', second.epoch!);
    await logout(store, ref, 'forged-1', first);
  });

  test('stores and removes users, rooms, streams and leases across hash slots', async () => {
    await store.ping();
    const users = Array.from({ length: 40 }, (_, index) => session(`user-${index}`));
    await Promise.all(
      users.map(async (ref, index) => {
        const epoch = await login(store, ref, `room-${index % 7}`);
        await store.leases.bindSession(ref, 'gw_1');
        await store.user.reserveClaim(ref, `stream-${index}`, 0);
        await store.stream.claim(ref, `stream-${index}`, 'nd_1');
        await store.stream.addShare(ref, `stream-${index}`, `room-${index % 7}`);
        await store.room.show(ref, `room-${index % 7}`, epoch, {
          streamId: `stream-${index}`,
          kinds: ['audio'],
          extraInfo: '',
        });
      }),
    );
    const room = await store.reader.findRoom(appId, 'room-0', 500);
    expect(room?.members).toHaveLength(6);
    expect(room?.streams).toHaveLength(6);
    expect(await store.reader.locate(appId, 'room-0', 'stream-0')).toBe('nd_1');
    expect(await store.leases.sessionsOfGateway('gw_1')).toHaveLength(40);

    await Promise.all(users.map((ref) => store.leases.remindOfSession(ref, 0)));
    const expired = await waitFor(
      async () => {
        const taken = await store.leases.takeExpiredSessions(60_000);
        return taken.length === 40 && taken;
      },
      { describe: 'all sessions to be due' },
    );
    for (const { value: ref, dueMs } of expired) {
      const held = await store.user.beginEnd(ref);
      if (typeof held !== 'object') {
        throw new Error(`${ref.userId} holds nothing`);
      }
      for (const { roomId, epoch } of held.rooms) {
        await store.room.leave(ref, roomId, epoch, { fenceMs: 1000 });
      }
      for (const streamId of held.streams) {
        await store.stream.release(ref, streamId, { onlyUnshared: false });
      }
      await store.user.finishEnd(ref);
      await store.leases.dropSession({ value: ref, dueMs });
      await store.leases.unbindSession(ref, 'gw_1');
    }
    expect(await store.reader.findRoom(appId, 'room-0', 500)).toBeUndefined();
    expect(await store.reader.readUser(appId, 'user-0')).toEqual({ rooms: [], sessions: [] });
  });

  test('what is late changes nothing', async () => {
    const [ref, deadlineMs] = [session('late'), Date.now() - 1];
    const isLate = { errorName: 'BUS_TIMEOUT' };
    await expect(login(store, ref, 'a', { deadlineMs })).rejects.toMatchObject(isLate);
    expect(await store.reader.readUser(ref.appId, ref.userId)).toMatchObject({ rooms: [], sessions: [] });
    await login(store, ref, 'a');
    await expect(store.user.resume(ref, 'gw_2', { tokenHash, deadlineMs })).rejects.toMatchObject(isLate);
    expect((await store.user.resume(ref, 'gw_2', { tokenHash })).gatewayId).toBe('gw_1');
  });

  test('errors keep their codes', async () => {
    const ref = session('limited');
    for (let room = 0; room < 5; room++) {
      await login(store, ref, `limit-${room}`);
    }
    await expect(login(store, ref, 'limit-5')).rejects.toMatchObject({ code: 1002037 });
    await expect(login(store, ref, 'limit-0')).resolves.toBeGreaterThan(0);
    await expect(store.user.release(ref, 'limit-5', 1)).rejects.toMatchObject({ code: 1002002 });
  });
});

describe('on a Cluster', () => {
  let cluster: RunningRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ appendOnly: true });
  });
  afterAll(() => cluster?.close());

  test('users and rooms spread over all nodes', async () => {
    const store = await RoomStore.connect({ url: cluster.url, prefix: 'even' });
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => login(store, session(`even-${index}`), `r-${index}`)),
    );
    const counts = await Promise.all(
      cluster.nodes.map(async (node) => {
        const client = new Redis(node.url);
        const count = await client.dbsize();
        client.disconnect();
        return count;
      }),
    );
    // 60 users and 60 rooms, two keys and an outbox each.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(360);
    expect(Math.min(...counts)).toBeGreaterThan(45);
    await store.close();
  });

  test('discovers the Cluster from one node', async () => {
    const store = await RoomStore.connect({
      url: `redis+cluster://127.0.0.1:${cluster.nodes[1]!.port}`,
      prefix: 'one',
    });
    for (let index = 0; index < 12; index++) {
      const ref = session(`one-${index}`);
      await logout(store, ref, `one-${index}`, await login(store, ref, `one-${index}`));
    }
    await store.close();
  });

  test('a killed node affects only its own users, and has all records after a restart', async () => {
    const store = await RoomStore.connect({ url: cluster.url, prefix: 'lost' });
    const users = Array.from({ length: 30 }, (_, index) => session(`lost-${index}`));
    await Promise.all(users.map((ref) => login(store, ref, `lost-${ref.userId}`)));
    const inRoom = async (): Promise<(number | 'refused')[]> =>
      Promise.all(
        users.map((ref) =>
          store.reader.readUser(appId, ref.userId).then(
            ({ rooms }) => rooms.length,
            () => 'refused' as const,
          ),
        ),
      );
    // A crash may lose the last second of writes: wait until the append-only file is on disk.
    await waitFor(
      async () => {
        const client = new Redis(cluster.nodes[2]!.url);
        const info = await client.info('persistence');
        client.disconnect();
        return info.includes('aof_pending_bio_fsync:0') && info.includes('aof_buffer_length:0');
      },
      { timeoutMs: 5000, describe: 'the append-only file to be synced' },
    );
    await Promise.all(users.map((ref) => store.leases.remindOfSession(ref, 0)));
    await cluster.nodes[2]!.kill();
    const startedAtMs = Date.now();
    const during = await inRoom();
    // Commands fail within seconds instead of hanging.
    expect(Date.now() - startedAtMs).toBeLessThan(5000);
    expect(during.filter((rooms) => rooms === 'refused').length).toBeGreaterThan(0);
    expect(during.filter((rooms) => rooms === 1).length).toBeGreaterThan(0);
    expect(during).not.toContain(0);
    // Expired sessions are still found on the nodes that are up.
    const due = await store.leases.takeExpiredSessions(60_000);
    expect(due.length).toBeGreaterThan(0);
    expect(due.length).toBeLessThan(users.length);

    await cluster.nodes[2]!.restart();
    await cluster.ready();
    await waitFor(async () => (await inRoom()).every((rooms) => rooms === 1), {
      timeoutMs: 10_000,
      describe: 'all rooms to be readable again',
    });
    // The client reloads the scripts on the restarted node.
    await Promise.all(users.map((ref) => login(store, ref, `back-${ref.userId}`)));
    await store.close();
  });
});
