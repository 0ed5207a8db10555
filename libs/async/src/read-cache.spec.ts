import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ReadCache, type ReadCacheOptions } from './read-cache.js';

function setUp<V>(
  read: (key: number, reads: number) => Promise<V>,
  options: Partial<ReadCacheOptions<number, V>> = {},
) {
  const state = { nowMs: 1, reads: 0 };
  const cache = new ReadCache<number, V>({
    read: (key) => {
      state.reads += 1;
      return read(key, state.reads);
    },
    ttlMs: 1000,
    clock: { now: () => state.nowMs },
    ...options,
  });
  return { cache, state };
}

test('reads once for concurrent callers, and again after expiry', async () => {
  const { cache, state } = setUp((key) => Promise.resolve(key * 2));
  expect(await Promise.all([cache.get(1), cache.get(1), cache.get(1)])).toEqual([2, 2, 2]);
  expect(state.reads).toBe(1);
  state.nowMs += 999;
  await cache.get(1);
  expect(state.reads).toBe(1);
  state.nowMs += 2;
  await cache.get(1);
  expect(state.reads).toBe(2);
});

test('the time of a value counts from the start of its read', async () => {
  const pending = Promise.withResolvers<number>();
  const { cache, state } = setUp(() => pending.promise);
  const first = cache.get(1);
  state.nowMs += 1001;
  void cache.get(1);
  expect(state.reads).toBe(2);
  pending.resolve(7);
  expect(await first).toBe(7);
});

test('reads again after a change, also while a read is in progress', async () => {
  const answers = ['old', 'new'];
  const { cache, state } = setUp((_key, reads) => Promise.resolve(answers[reads - 1]));
  const before = cache.get(1);
  cache.delete(1);
  expect([await before, await cache.get(1), await cache.get(1)]).toEqual(['old', 'new', 'new']);
  expect(state.reads).toBe(2);
});

test('a failure reaches all callers and is not kept', async () => {
  const { cache, state } = setUp(() => Promise.reject(new Error('down')));
  const failures = await Promise.allSettled([cache.get(1), cache.get(1)]);
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(cache.get(1)).rejects.toThrow('down');
  expect(state.reads).toBe(2);
});

test('a late failure does not drop the value of a newer read', async () => {
  const late = Promise.withResolvers<number>();
  const { cache, state } = setUp((_key, reads) => (reads === 1 ? late.promise : Promise.resolve(2)));
  const first = cache.get(1);
  cache.delete(1);
  expect(await cache.get(1)).toBe(2);
  late.reject(new Error('late'));
  await expect(first).rejects.toThrow('late');
  expect(await cache.get(1)).toBe(2);
  expect(state.reads).toBe(2);
});

describe('while a key is used', () => {
  const options = { refreshForMs: 3000 };
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  async function pass(state: { nowMs: number }, ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      state.nowMs += 50;
      await jest.advanceTimersByTimeAsync(50);
    }
  }

  test('its value is read again before it expires, and no longer', async () => {
    const { cache, state } = setUp((_key, reads) => Promise.resolve(reads), options);
    expect(await cache.get(1)).toBe(1);
    await pass(state, 1000);
    const { reads } = state;
    expect([await cache.get(1), state.reads]).toEqual([reads, reads]);
    expect(reads).toBeGreaterThan(1);
    await pass(state, 5000);
    const last = state.reads;
    await pass(state, 5000);
    expect(state.reads).toBe(last);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('a refresh that fails leaves the value until it expires, and then fails', async () => {
    const { cache, state } = setUp(
      (_key, reads) => (reads === 1 ? Promise.resolve('known') : Promise.reject(new Error('down'))),
      options,
    );
    await cache.get(1);
    await pass(state, 900);
    expect(state.reads).toBeGreaterThan(1);
    expect(await cache.get(1)).toBe('known');
    await pass(state, 150);
    await expect(cache.get(1)).rejects.toThrow('down');
  });

  test('a refresh that began before a change is not kept', async () => {
    const old = Promise.withResolvers<string>();
    const { cache, state } = setUp(
      (_key, reads) => (reads === 2 ? old.promise : Promise.resolve(`read ${reads}`)),
      options,
    );
    await cache.get(1);
    await pass(state, 600);
    expect(state.reads).toBe(2);
    cache.delete(1);
    expect(await cache.get(1)).toBe('read 3');
    old.resolve('old');
    await pass(state, 50);
    expect(await cache.get(1)).toBe('read 3');
  });
});

test('does not keep a value that the option excludes', async () => {
  const { cache, state } = setUp(() => Promise.resolve(undefined), { keeps: (value) => value !== undefined });
  await cache.get(1);
  await cache.get(1);
  expect(state.reads).toBe(2);
});

test('keeps a limited number of keys, those used last', async () => {
  const { cache, state } = setUp((key) => Promise.resolve(key), { maxKeys: 2 });
  await cache.get(1);
  await cache.get(2);
  await cache.get(1);
  await cache.get(3);
  await cache.get(1);
  expect(state.reads).toBe(3);
  await cache.get(2);
  expect(state.reads).toBe(4);
});

test('clear() forgets all values, also one whose read is in progress', async () => {
  const pending = Promise.withResolvers<number>();
  const { cache, state } = setUp((key, reads) => (reads === 1 ? pending.promise : Promise.resolve(key)));
  const first = cache.get(1);
  cache.clear();
  pending.resolve(7);
  expect(await first).toBe(7);
  expect(await cache.get(1)).toBe(1);
  expect(state.reads).toBe(2);
});
