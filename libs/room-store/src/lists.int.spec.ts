import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { redisKinds, startRedisOf } from '@polyroom/testing';
import { RoomStoreKeys } from './keys.js';
import { RoomStore } from './index.js';

const appId = 11;

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

  const create = async (roomId: string): Promise<void> => {
    await store.settings.set(appId, roomId, { maxMemberCount: 0, keepMs: 60_000 });
    await store.roomList.add(appId, roomId);
  };
  const page = async (more: { prefix?: string; after?: string; limit?: number } = {}) => {
    const { rooms, next } = await store.roomList.page(appId, { limit: 10, ...more });
    return { roomIds: rooms.map(({ roomId }) => roomId), next };
  };

  test('rooms are listed in one order over all shards, and a page leaves out rooms that have ended', async () => {
    const roomIds = Array.from({ length: 40 }, (_, index) => `room-${String(index).padStart(2, '0')}`);
    await Promise.all(roomIds.map(create));
    const keys = new RoomStoreKeys('spec');
    expect(new Set(roomIds.map((roomId) => keys.roomListOf(appId, roomId))).size).toBeGreaterThan(4);
    const read: string[] = [];
    let after: string | undefined;
    do {
      const found = await page({ limit: 7, ...(after === undefined ? {} : { after }) });
      read.push(...found.roomIds);
      after = found.next;
    } while (after !== undefined);
    expect(read).toEqual(roomIds);
    expect((await page({ prefix: 'room-1' })).roomIds).toEqual(roomIds.slice(10, 20));
    expect((await page({ prefix: 'room-1', after: 'room-17' })).roomIds).toEqual(roomIds.slice(18, 20));
    // A process crashed before it removed the ID.
    await store.room.close(appId, 'room-00');
    expect((await page({ limit: 2 })).roomIds).toEqual(['room-01']);
    expect(await store.roomList.drop(appId, 'room-00')).toBe(true);
    expect((await page({ limit: 2 })).roomIds).toEqual(['room-01', 'room-02']);
    // It was created again before it was removed.
    expect(await store.roomList.drop(appId, 'room-01')).toBe(false);
    expect((await page({ limit: 1 })).roomIds).toEqual(['room-01']);
  });

  test('an Idempotency-Key belongs to one request, and to one attempt until it has an answer', async () => {
    const limits = { leaseMs: 60_000, keepMs: 60_000, mostPerHour: 3 };
    const open = (key: string, request: string, holder: string, leaseMs = limits.leaseMs) =>
      store.idempotency.open(appId, key, request, { ...limits, holder, leaseMs });
    expect(await open('k1', 'a', 'one')).toEqual({ state: 'new' });
    expect(await open('k1', 'a', 'two')).toEqual({ state: 'pending' });
    expect(await open('k1', 'b', 'two')).toEqual({ state: 'reused' });
    expect(await store.idempotency.close('k1', 'two', 'wrong')).toBe(false);
    expect(await store.idempotency.close('k1', 'one', 'answer')).toBe(true);
    expect(await open('k1', 'a', 'two')).toEqual({ state: 'answered', answer: 'answer' });
    // The attempt was refused: another one may follow.
    expect(await open('k2', 'a', 'one')).toEqual({ state: 'new' });
    await store.idempotency.close('k2', 'one', '');
    expect(await open('k2', 'b', 'two')).toEqual({ state: 'new' });
    expect(await open('k3', 'a', 'one')).toEqual({ state: 'tooMany' });
    expect(await open('k1', 'a', 'two')).toEqual({ state: 'answered', answer: 'answer' });
  });
});
