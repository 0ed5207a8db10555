import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jetstreamManager, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { type RunningNatsCluster, startNats, startNatsCluster, waitFor } from '@polyroom/testing';
import { z } from 'zod';
import { Bus } from './bus.js';
import { EventLog } from './event-log/event-log.js';
import { Journal } from './journal.js';
import { KeyValueBucket } from './key-value-bucket.js';

let cluster: RunningNatsCluster;
let bus: Bus;
let manager: JetStreamManager;

beforeAll(async () => {
  cluster = await startNatsCluster();
  bus = await Bus.connect({ url: cluster.url, name: 'spec', streamReplicas: 3 });
  manager = await jetstreamManager(bus.natsConnection, { timeout: 1000, checkAPI: false });
  await eventually('JetStream to have a leader', () => manager.getAccountInfo());
});
afterAll(async () => {
  await bus?.close();
  await cluster?.close();
});

/** Repeats work that the cluster refuses while it elects a leader. */
async function eventually<T>(describe: string, work: () => Promise<T>): Promise<T> {
  const { value } = await waitFor(async () => ({ value: await work() }), { timeoutMs: 30_000, describe });
  return value;
}

const openBucket = (on: Bus) => KeyValueBucket.open(on, { name: 'orders', schema: z.string() });
const openJournal = (on: Bus) =>
  Journal.open<string>(on, { name: 'journal', maxAgeMs: 60_000, maxEntriesPerSubject: 10 });
const logEvent = (on: Bus) =>
  new EventLog(on).transfer(
    { appId: 1, roomId: 'a' },
    'service',
    { maxAgeMs: 60_000, maxBytes: 1_000_000 },
    async () => [{ id: '1', type: 'room.opened' as const, atMs: 1, data: {} }],
  );

test('stores on three servers, also what was stored on one, and loses nothing with one of them', async () => {
  const single = await Bus.connect({ url: cluster.url, name: 'before' });
  const opened = async (on: Bus) => {
    await eventually('the event log', () => logEvent(on));
    return Promise.all([
      eventually('the bucket', () => openBucket(on)),
      eventually('the journal', () => openJournal(on)),
    ]);
  };
  await opened(single);
  await single.close();
  const [bucket, journal] = await opened(bus);
  const names = ['KV_orders', 'journal', 'eventlog-1'];
  const infos = (): Promise<StreamInfo[]> => Promise.all(names.map((name) => manager.streams.info(name)));
  expect((await infos()).map(({ config }) => config.num_replicas)).toEqual([3, 3, 3]);
  const isCurrent = ({ cluster: raft }: StreamInfo): boolean =>
    raft?.leader !== undefined && raft.replicas?.filter(({ current }) => current).length === 2;
  await waitFor(async () => (await infos().catch(() => [])).filter(isCurrent).length === 3, {
    timeoutMs: 30_000,
    describe: 'all replicas to be current',
  });

  expect(await bucket.create('a', 'kept')).toBeGreaterThan(0);
  await journal.append(['a'], 'kept');
  const leader = (await manager.streams.info('KV_orders')).cluster!.leader!;
  await cluster.servers[Number(leader.slice(1)) - 1]!.kill();
  await eventually('the bucket to take writes again', async () => {
    const found = (await bucket.get('a'))!;
    return bucket.update('a', 'changed', found.revision);
  });
  expect(await bucket.get('a')).toMatchObject({ value: 'changed' });
  expect(await eventually('the journal', () => journal.read(['a']))).toEqual(['kept']);
});

test('refuses to store on three servers if the server belongs to no cluster', async () => {
  const alone = await startNats({ jetStream: true });
  const connecting = Bus.connect({ url: alone.url, name: 'spec', streamReplicas: 3 });
  await expect(connecting).rejects.toThrow(/POLYROOM_NATS_REPLICAS is 3.*no cluster/);
  await alone.close();
});
