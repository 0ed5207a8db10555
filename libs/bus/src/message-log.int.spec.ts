import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { Bus, MessageLog } from './index.js';

let nats: RunningServer;
let buses: Bus[];
let logs: MessageLog[];

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  buses = await Promise.all([0, 1].map(() => Bus.connect({ url: nats.url, name: 'log' })));
  const options = {
    name: `log${randomBytes(4).toString('hex')}`,
    maxAgeMs: 60_000,
    maxMessagesPerRoom: 1000,
  };
  logs = [await MessageLog.open(buses[0]!, options), await MessageLog.open(buses[1]!, options)];
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await nats.close();
});

test('two writers at once make one order without gaps', async () => {
  const entries = await Promise.all(
    Array.from({ length: 60 }, (_, n) => logs[n % 2]!.append(1, 'room', `id ${n}`, { n })),
  );
  expect(entries.map((entry) => entry.seq).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 60 }, (_, n) => n + 1),
  );
  expect(entries.every((entry) => !entry.duplicate)).toBe(true);
});

test('a repeated message ID is the message of the first time, at either writer', async () => {
  const first = await logs[0]!.append(1, 'repeat', 'same', { text: 'first' });
  const again = await logs[1]!.append(1, 'repeat', 'same', { text: 'second' });
  expect(again).toEqual({ ...first, duplicate: true });
  expect((await logs[1]!.append(1, 'repeat', 'other', { text: 'next' })).seq).toBe(first.seq + 1);
});

test('rooms and apps count for themselves, whatever a room is called', async () => {
  for (const [appId, roomId] of [
    [1, 'a.b'],
    [1, '*'],
    [1, '>'],
    [2, 'a.b'],
  ] as const) {
    expect(await logs[0]!.append(appId, roomId, 'same', {})).toMatchObject({ seq: 1, duplicate: false });
  }
});

test('numbering begins anew when nothing of a room is kept any more, and IDs still grow', async () => {
  const options = { name: `short${randomBytes(4).toString('hex')}`, maxAgeMs: 1000, maxMessagesPerRoom: 10 };
  const log = await MessageLog.open(buses[0]!, options);
  const before = [
    await log.append(1, 'quiet', 'one', {}),
    await log.append(1, 'quiet', 'two', {}),
    await log.append(1, 'quiet', 'three', {}),
  ];
  expect(before.map((entry) => entry.seq)).toEqual([1, 2, 3]);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const after = await log.append(1, 'quiet', 'four', {});
  expect(after).toMatchObject({ seq: 1, duplicate: false });
  const ids = [...before, after].map((entry) => entry.id);
  expect([...ids].sort((a, b) => a - b)).toEqual(ids);
  expect(new Set(ids).size).toBe(4);
});

test('an entry that nobody may have been told of is told again, one that others followed is not', async () => {
  const told: number[] = [];
  const tell = ({ seq }: { seq: number }): void => void told.push(seq);
  // This writer stores and ends before it tells anybody.
  await logs[0]!.append(1, 'told', 'one', {});
  await logs[1]!.append(1, 'told', 'one', {}, tell);
  expect(told).toEqual([1]);
  await logs[1]!.append(1, 'told', 'two', {}, tell);
  await logs[0]!.append(1, 'told', 'one', {}, tell);
  expect(told).toEqual([1, 2]);
});

test('without its server an append fails in time, and says that it may be tried again', async () => {
  nats.signal('SIGSTOP');
  const startedAtMs = Date.now();
  const failure = await logs[0]!.append(1, 'away', 'one', {}).catch((error: unknown) => error);
  nats.signal('SIGCONT');
  expect(failure).toMatchObject({ code: 1009010, retryable: true });
  expect(Date.now() - startedAtMs).toBeLessThan(5000);
  expect((await logs[0]!.append(1, 'away', 'one', {})).seq).toBe(1);
});

test('what was acknowledged is there after the server was killed', async () => {
  await logs[0]!.append(1, 'crash', 'one', { n: 1 });
  await nats.kill('SIGKILL');
  await nats.restart();
  await Promise.all(
    buses.map((bus) =>
      waitFor(() => bus.ping().then(() => true), {
        timeoutMs: 10_000,
        describe: 'the connections to be back',
      }),
    ),
  );
  expect(await logs[0]!.append(1, 'crash', 'two', { n: 2 })).toMatchObject({ seq: 2, duplicate: false });
  expect(await logs[1]!.append(1, 'crash', 'one', { n: 9 })).toMatchObject({
    seq: 1,
    duplicate: true,
    body: { n: 1 },
  });
});
