import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { z } from 'zod';
import { Bus, KeyValueBucket, type KeyValueWatch } from './index.js';

const schema = z.object({ owner: z.string() });
type Value = z.infer<typeof schema>;

let nats: RunningServer;
let buses: Bus[];
let buckets: KeyValueBucket<typeof schema>[];
let name: string;
const watches: KeyValueWatch<Value>[] = [];

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  buses = await Promise.all([0, 1].map(() => Bus.connect({ url: nats.url, name: 'bucket' })));
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await nats.close();
});
beforeEach(async () => {
  name = `b${randomBytes(4).toString('hex')}`;
  buckets = await Promise.all(buses.map((bus) => KeyValueBucket.open(bus, { name, schema })));
});
afterEach(() => watches.splice(0).forEach((watch) => watch.close()));

/** A copy of the bucket, maintained by a watch. */
function follow(bucket: KeyValueBucket<typeof schema>) {
  const values = new Map<string, string>();
  const failures: unknown[] = [];
  let snapshots = 0;
  const watch = bucket.watch({
    onSnapshot: (entries) => {
      snapshots++;
      values.clear();
      entries.forEach(({ key, value }) => values.set(key, value.owner));
    },
    onChange: ({ key, value }) => void values.set(key, value.owner),
    onDelete: (key) => void values.delete(key),
    onFailure: (error) => void failures.push(error),
  });
  watches.push(watch);
  return { watch, values, failures, snapshots: () => snapshots };
}

test('lets one of several concurrent creates or updates of a version succeed', async () => {
  const created = await Promise.all(
    Array.from({ length: 10 }, (_, n) => buckets[n % 2]!.create('1.a', { owner: `o${n}` })),
  );
  const revisions = created.filter((revision) => revision !== undefined);
  expect(revisions).toHaveLength(1);
  const updated = await Promise.all(
    Array.from({ length: 10 }, (_, n) => buckets[n % 2]!.update('1.a', { owner: `u${n}` }, revisions[0]!)),
  );
  const winner = updated.findIndex((revision) => revision !== undefined);
  expect(updated.filter((revision) => revision !== undefined)).toHaveLength(1);
  for (const bucket of buckets) {
    expect(await bucket.get('1.a')).toEqual({
      key: '1.a',
      value: { owner: `u${winner}` },
      revision: updated[winner],
    });
  }
});

test('deletes a key in the version that was read, and creates it again', async () => {
  const [one, other] = buckets as [KeyValueBucket<typeof schema>, KeyValueBucket<typeof schema>];
  const first = (await one.create('1.a', { owner: 'one' }))!;
  const second = (await other.update('1.a', { owner: 'other' }, first))!;
  expect(await one.delete('1.a', first)).toBe(false);
  expect(await one.delete('1.a', second)).toBe(true);
  expect(await other.get('1.a')).toBeUndefined();
  expect(await other.update('1.a', { owner: 'other' }, second)).toBeUndefined();
  expect(await other.create('1.a', { owner: 'again' })).toBeGreaterThan(second);
  expect((await one.get('1.a'))?.value).toEqual({ owner: 'again' });
});

test('reports an unknown outcome after a write without an answer, which may still be stored', async () => {
  const [bucket] = buckets as [KeyValueBucket<typeof schema>];
  const [changed, deleted] = await Promise.all(
    ['1.a', '1.b'].map((key) => bucket.create(key, { owner: 'one' })),
  );
  nats.signal('SIGSTOP');
  try {
    const writes = [
      bucket.create('1.c', { owner: 'two' }),
      bucket.update('1.a', { owner: 'two' }, changed!),
      bucket.delete('1.b', deleted!),
    ];
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes).toMatchObject(
      writes.map(() => ({ status: 'rejected', reason: { errorName: 'BUS_TIMEOUT', category: 'timeout' } })),
    );
  } finally {
    nats.signal('SIGCONT');
  }
  const owners = async () =>
    Promise.all(['1.a', '1.b', '1.c'].map(async (key) => (await bucket.get(key))?.value.owner));
  const expected = ['two', undefined, 'two'];
  await waitFor(async () => JSON.stringify(await owners()) === JSON.stringify(expected), {
    timeoutMs: 10_000,
    describe: 'the writes to be stored',
  });
});

test('reports a write that the server refused as not done', async () => {
  const manager = await jetstreamManager(buses[0]!.natsConnection);
  await manager.streams.delete(`KV_${name}`);
  await expect(buckets[0]!.create('1.a', { owner: 'one' })).rejects.toMatchObject({
    errorName: 'BUS_UNAVAILABLE',
  });
  const closed = await Bus.connect({ url: nats.url, name: 'closed' });
  const bucket = await KeyValueBucket.open(closed, { name, schema });
  await closed.close();
  await expect(bucket.create('1.a', { owner: 'one' })).rejects.toMatchObject({
    errorName: 'BUS_UNAVAILABLE',
  });
});

test('a watch reports all entries, then changes, and catches up with all earlier writes', async () => {
  const empty = follow(buckets[1]!);
  await waitFor(() => empty.watch.revision === 0, { timeoutMs: 5000, describe: 'the empty snapshot' });
  const revision = (await buckets[0]!.create('1.a', { owner: 'one' }))!;
  await buckets[0]!.create('1.b', { owner: 'one' });
  await buckets[0]!.update('1.a', { owner: 'two' }, revision);
  const late = follow(buckets[1]!);
  for (const { watch, values } of [empty, late]) {
    await watch.catchUp(5000);
    expect(Object.fromEntries(values)).toEqual({ '1.a': 'two', '1.b': 'one' });
  }
  const entry = (await buckets[0]!.get('1.b'))!;
  await buckets[0]!.delete('1.b', entry.revision);
  for (const { watch, values, failures } of [empty, late]) {
    await watch.catchUp(5000);
    expect(Object.fromEntries(values)).toEqual({ '1.a': 'two' });
    expect(failures).toEqual([]);
  }
});

test('reports an invalid value without ending the watch', async () => {
  const loose = await KeyValueBucket.open(buses[0]!, { name, schema: z.unknown() });
  await loose.create('1.bad', { owner: 1 });
  const { watch, values, failures } = follow(buckets[1]!);
  await loose.create('1.worse', 'text');
  await buckets[0]!.create('1.good', { owner: 'one' });
  await watch.catchUp(5000);
  expect([...values]).toEqual([['1.good', 'one']]);
  expect(failures).toHaveLength(2);
  await expect(buckets[0]!.get('1.bad')).rejects.toMatchObject({ errorName: 'ROOM_INNER_ERROR' });
});

test('removes the marker of a deletion, but no value written after it', async () => {
  const bucket = await KeyValueBucket.open(buses[0]!, { name, schema, markerLifeMs: 200 });
  for (const key of ['1.a', '1.b']) {
    await bucket.delete(key, (await bucket.create(key, { owner: 'one' }))!);
  }
  await bucket.create('1.b', { owner: 'again' });
  const manager = await jetstreamManager(buses[0]!.natsConnection);
  const count = async () => (await manager.streams.info(`KV_${name}`)).state.messages;
  expect(await count()).toBe(2);
  await waitFor(async () => (await count()) === 1, { timeoutMs: 5000, describe: 'the marker to be removed' });
  expect((await bucket.get('1.b'))?.value).toEqual({ owner: 'again' });
});

test('keeps values and watches across a crash of the server', async () => {
  await buckets[0]!.create('1.a', { owner: 'one' });
  const { watch, values, snapshots } = follow(buckets[1]!);
  await watch.catchUp(5000);
  await nats.kill('SIGKILL');
  await expect(buckets[0]!.get('1.a')).rejects.toMatchObject({ errorName: 'BUS_UNAVAILABLE' });
  await nats.restart();
  await waitFor(() => snapshots() > 1, { timeoutMs: 10_000, describe: 'the watch to restart' });
  expect(await buckets[0]!.create('1.b', { owner: 'two' })).toBeDefined();
  await watch.catchUp(5000);
  expect(Object.fromEntries(values)).toEqual({ '1.a': 'one', '1.b': 'two' });
});
