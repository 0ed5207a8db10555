import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type RunningServer, startNats } from '@polyroom/testing';
import { z } from 'zod';
import { Bus, KeyValueBucket, openStream } from './index.js';

/** The server refuses about one of fifty concurrent creations, so there are enough of them to meet one. */
const rounds = 200;
const processes = 8;

let nats: RunningServer;
let buses: Bus[];
let managers: JetStreamManager[];

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  buses = await Promise.all(
    Array.from({ length: processes }, (_, n) => Bus.connect({ url: nats.url, name: `opens-${n}` })),
  );
  managers = await Promise.all(buses.map(({ natsConnection }) => jetstreamManager(natsConnection)));
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await nats.close();
});

test('opens a jsStream that other processes open at the same moment', async () => {
  for (let round = 0; round < rounds; round++) {
    const config = { name: `s${round}`, subjects: [`s${round}.>`] };
    const opened = await Promise.all(managers.map((manager) => openStream(manager, config)));
    expect(opened.map((info) => info.config.name)).toEqual(managers.map(() => config.name));
    await managers[0]!.streams.delete(config.name);
  }
});

test('opens a bucket that other processes open at the same moment', async () => {
  const schema = z.object({ owner: z.string() });
  for (let round = 0; round < rounds / 4; round++) {
    const name = `b${round}`;
    await Promise.all(buses.map((bus) => KeyValueBucket.open(bus, { name, schema })));
    await managers[0]!.streams.delete(`KV_${name}`);
  }
});

test('throws if another jsStream has the subjects', async () => {
  await openStream(managers[0]!, { name: 'owner', subjects: ['taken.>'] });
  const opened = openStream(managers[0]!, { name: 'other', subjects: ['taken.too'] });
  await expect(opened).rejects.toMatchObject({ code: 10065 });
});
