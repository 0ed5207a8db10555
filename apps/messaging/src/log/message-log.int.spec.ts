import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type RoomMessage, roomMessage } from '@polyroom/contracts';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { Bus } from '@polyroom/bus';
import { type History, type HistoryQuery, MessageLog } from './message-log.js';
import { type NewMessage, type Numbers } from './room-log.js';

let nats: RunningServer;
let buses: Bus[];
let logs: MessageLog[];
const options = { name: `log${randomBytes(4).toString('hex')}`, maxAgeMs: 60_000, maxEntriesPerRoom: 1000 };

beforeAll(async () => {
  nats = await startNats({ jetStream: true });
  buses = await Promise.all([0, 1].map(() => Bus.connect({ url: nats.url, name: 'log' })));
  logs = [await MessageLog.open(buses[0]!, options), await MessageLog.open(buses[1]!, options)];
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await nats.close();
});

function newMessage(key: string, content = key, to?: string[]): NewMessage {
  const from = { userId: 'alice', userName: 'Alice' };
  return { key, kind: 'broadcast', from, content, category: 'chat', ...(to === undefined ? {} : { to }) };
}

async function append(
  log: MessageLog,
  targetAppId: number,
  roomId: string,
  message: NewMessage,
  maxLogBytes?: number,
): Promise<Numbers> {
  return (await log.append(targetAppId, roomId, message, maxLogBytes)).numbers;
}

const add = (writer: number, roomId: string, key: string, content?: string): Promise<Numbers> =>
  append(logs[writer]!, 1, roomId, newMessage(key, content));

function read(roomId: string, query: Partial<HistoryQuery> = {}): Promise<History> {
  const everything = { epoch: '', sinceSeq: 0, limit: 1000, maxAgeMs: 60_000, maxMessages: 1000 };
  return logs[0]!.read(1, roomId, { ...everything, ...query });
}

const contentsOf = ({ messages }: History): string[] => messages.map(({ content }) => content);
const countTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);

test('concurrent writers produce one order without gaps, published as stored', async () => {
  const published: RoomMessage[] = [];
  const subscription = buses[0]!.subscribe(roomMessage, { appId: 1, roomId: 'room' }, (event) => {
    published.push(event);
  });
  await buses[0]!.flush();
  const sent: Numbers[] = [];
  for (let round = 0; round < 10; round++) {
    const keys = Array.from({ length: 20 }, (_, n) => `${round} ${n}`);
    sent.push(...(await Promise.all(keys.map((key, n) => add(n % 2, 'room', key)))));
  }
  expect(sent.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(countTo(200));
  const kept = (await read('room')).messages;
  expect(kept.map(({ seq }) => seq)).toEqual(countTo(200));
  expect(kept.map(({ prev }) => prev)).toEqual(countTo(200).map((seq) => seq - 1));
  expect(new Set(kept.map(({ messageId }) => messageId)).size).toBe(200);
  const publishedMessages = (): unknown[] =>
    published.flatMap((event) => (event.type === 'stored' ? event.messages : []));
  await waitFor(() => publishedMessages().length >= 200, {
    describe: 'all messages to be published',
  });
  expect(publishedMessages()).toEqual(kept);
  // Concurrent messages share entries.
  expect(published.length).toBeLessThan(150);
  subscription.close();
});

test('deduplicates a repeated key across writers and within one entry', async () => {
  const first = await add(0, 'repeat', 'same', 'first');
  expect(await add(1, 'repeat', 'same', 'second')).toEqual(first);
  expect((await add(1, 'repeat', 'other')).seq).toBe(2);
  const [one, two] = await Promise.all([add(0, 'repeat', 'twin'), add(0, 'repeat', 'twin')]);
  expect(two).toEqual(one);
  expect(contentsOf(await read('repeat'))).toEqual(['first', 'other', 'twin']);
});

test('tells a repetition from a message whose first attempt has no outcome', async () => {
  const appendOnce = (writer: number) => logs[writer]!.append(1, 'repeated', newMessage('same'));
  const [one, twin] = await Promise.all([appendOnce(0), appendOnce(0)]);
  const later = [await appendOnce(0), await appendOnce(1)];
  expect([one, twin, ...later].map(({ isRepetition }) => isRepetition)).toEqual([false, true, true, true]);
  // The entry is stored, and its acknowledgement is lost.
  const connection = buses[0]!.natsConnection;
  const publish = connection.publish.bind(connection);
  let lost = 0;
  const fault = jest.spyOn(connection, 'publish').mockImplementation((subject, payload, publishOptions) => {
    const isEntry = subject.startsWith(options.name) && lost++ === 0;
    publish(subject, payload, isEntry ? { ...publishOptions, reply: 'nowhere' } : publishOptions);
  });
  try {
    expect(await logs[0]!.append(1, 'repeated', newMessage('next'))).toMatchObject({
      numbers: { seq: 2 },
      isRepetition: false,
    });
    expect(lost).toBe(1);
  } finally {
    fault.mockRestore();
  }
});

test('numbers each room and app separately, with any room ID', async () => {
  for (const [appId, roomId] of [
    [1, 'a.b'],
    [1, '*'],
    [1, '>'],
    [2, 'a.b'],
  ] as const) {
    expect(await append(logs[0]!, appId, roomId, newMessage('same'))).toMatchObject({ seq: 1 });
  }
});

test('a message to some users leaves no gap for the other members', async () => {
  await add(0, 'some', 'all 1');
  await append(logs[0]!, 1, 'some', newMessage('to bob', 'to bob', ['bob']));
  await append(logs[1]!, 1, 'some', newMessage('to carol', 'to carol', ['carol']));
  await add(1, 'some', 'all 4');
  const { messages } = await read('some', { userId: 'bob' });
  expect(messages.map(({ seq, prev, content }) => [seq, prev, content])).toEqual([
    [1, 0, 'all 1'],
    [2, 1, 'to bob'],
    [4, 1, 'all 4'],
  ]);
});

test('history returns messages after a position, or reports that some are no longer stored', async () => {
  const sent: Numbers[] = [];
  for (let n = 1; n <= 6; n++) {
    sent.push(await add(0, 'history', `m${n}`));
  }
  const { position } = await read('history', { limit: 0 });
  expect(position.seq).toBe(6);
  const { epoch } = position;
  const since = (sinceSeq: number, more: Partial<HistoryQuery> = {}): Promise<History> =>
    read('history', { epoch, sinceSeq, ...more });
  expect(await since(6)).toEqual({ position, gone: false, messages: [] });
  expect(contentsOf(await since(4))).toEqual(['m5', 'm6']);
  expect(contentsOf(await since(4, { sinceMessageId: sent[3]!.messageId }))).toEqual(['m5', 'm6']);
  // A wrong hint costs time, but no message.
  expect(contentsOf(await since(1, { sinceMessageId: (Date.now() + 60_000) * 1000 }))).toHaveLength(5);
  expect(contentsOf(await since(1, { limit: 2 }))).toEqual(['m2', 'm3']);
  expect(await since(1, { maxMessages: 2 })).toMatchObject({
    gone: true,
    messages: [{ seq: 5 }, { seq: 6 }],
  });
  expect(await since(4, { maxMessages: 2 })).toMatchObject({ gone: false });
  expect(await since(4, { maxAgeMs: -1000 })).toMatchObject({ gone: true, messages: [] });
  // The caller is ahead of the log: the log has lost entries.
  expect(await since(9)).toMatchObject({ gone: true });
  expect(await read('history', { epoch: 'other-1', sinceSeq: 3 })).toMatchObject({ gone: true });
});

test('a deleted message has no content in any read, and all numbers stay', async () => {
  const sent: Numbers[] = [];
  for (let n = 1; n <= 5; n++) {
    sent.push(await add(n % 2, 'deleted', `m${n}`));
  }
  const before = await read('deleted');
  const remove = (n: number, writer = 0) => logs[writer]!.delete(1, 'deleted', sent[n - 1]!.messageId);
  expect(await Promise.all([remove(2), remove(2), remove(2, 1)])).toMatchObject(
    [2, 2, 2].map((seq) => ({ seq })),
  );
  expect(await remove(4, 1)).toMatchObject({ content: 'm4' });
  expect(await remove(2, 1)).toMatchObject({ deleted: true, content: '' });
  const after = await read('deleted');
  const [second, fourth] = [before.messages[1]!, before.messages[3]!];
  expect(after.position).toEqual({ ...before.position, seq: 7 });
  expect(after.messages.slice(0, 5)).toEqual([
    before.messages[0],
    { ...second, content: '', deleted: true },
    before.messages[2],
    { ...fourth, content: '', deleted: true },
    before.messages[4],
  ]);
  expect(after.messages.slice(5)).toMatchObject([
    { seq: 6, prev: 5, kind: 'deletion', content: '', deletes: second.messageId },
    { seq: 7, prev: 6, kind: 'deletion', content: '', deletes: fourth.messageId },
  ]);
  // From any position, in pages, with the hint, and after the last one.
  const { epoch } = before.position;
  const since = async (sinceSeq: number, more: Partial<HistoryQuery> = {}): Promise<unknown[]> => {
    const { gone, messages } = await read('deleted', { epoch, sinceSeq, ...more });
    return [gone, contentsOf({ messages } as History)];
  };
  expect(await since(1, { limit: 2 })).toEqual([false, ['', 'm3']]);
  expect(await since(3, { sinceMessageId: sent[2]!.messageId })).toEqual([false, ['', 'm5', '', '']]);
  expect(await since(5)).toEqual([false, ['', '']]);
  expect(await since(7)).toEqual([false, []]);
  // The sender repeats a deleted message: it is stored already. A deletion is no message that can be deleted.
  expect(await add(1, 'deleted', 'm2')).toEqual(sent[1]);
  expect(await logs[0]!.delete(1, 'deleted', after.messages[5]!.messageId)).toBeUndefined();
  expect(await logs[0]!.delete(1, 'deleted', 1)).toBeUndefined();
  expect(await logs[0]!.delete(1, 'elsewhere', sent[0]!.messageId)).toBeUndefined();
  expect((await add(0, 'deleted', 'm6')).seq).toBe(8);
});

test('concurrent deletions of a room share one read, and at most two rooms are read at the same time', async () => {
  const rooms = ['batch 1', 'batch 2', 'batch 3', 'batch 4'];
  const sent = await Promise.all(
    rooms.map((roomId) => Promise.all(countTo(20).map((n) => add(0, roomId, `m${n}`)))),
  );
  const ids = sent.map((all) => all.map(({ messageId }) => messageId));
  const { counts, restore } = countReads();
  try {
    const deletions = rooms.flatMap((roomId, n) => [
      ...ids[n]!.map((messageId) => logs[0]!.delete(1, roomId, messageId)),
      // Made-up IDs: earlier ones, and one that no message has yet.
      ...[1, 2, Math.max(...ids[n]!) + 1].map((messageId) => logs[0]!.delete(1, roomId, messageId)),
    ]);
    const found = await Promise.all(deletions);
    expect(found.filter((message) => message !== undefined)).toHaveLength(80);
    expect(counts).toEqual({ reads: 4, most: 2 });
    // A read up to the end shows that there is no such message; a later ID needs none.
    expect(await logs[0]!.delete(1, rooms[0]!, 1)).toBeUndefined();
    expect(counts.reads).toBe(5);
    expect(await logs[0]!.delete(1, rooms[0]!, Number.MAX_SAFE_INTEGER)).toBeUndefined();
    expect(counts.reads).toBe(5);
  } finally {
    restore();
  }
  for (const roomId of rooms) {
    const { messages } = await read(roomId);
    expect(messages.filter(({ deleted }) => deleted === true)).toHaveLength(20);
    expect(messages.filter(({ kind }) => kind === 'deletion')).toHaveLength(20);
  }
});

/** Counts the reads of the first connection, and how many are in progress at the same time. */
function countReads(): { counts: { reads: number; most: number }; restore: () => void } {
  const connection = buses[0]!.natsConnection;
  const request = connection.request.bind(connection);
  const counts = { reads: 0, most: 0 };
  let current = 0;
  const spy = jest.spyOn(connection, 'request').mockImplementation((subject, ...rest) => {
    if (subject.startsWith('$JS.API.CONSUMER.CREATE.')) {
      counts.reads++;
      counts.most = Math.max(counts.most, ++current);
    }
    current -= subject.startsWith('$JS.API.CONSUMER.DELETE.') ? 1 : 0;
    return request(subject, ...rest);
  });
  return { counts, restore: () => spy.mockRestore() };
}

test('deletions push no message out of the history', async () => {
  const sent: Numbers[] = [];
  for (let n = 1; n <= 5; n++) {
    sent.push(await add(0, 'window', `m${n}`));
  }
  const { epoch } = (await read('window')).position;
  for (const { messageId } of sent.slice(2, 4)) {
    await logs[0]!.delete(1, 'window', messageId);
  }
  expect(contentsOf(await read('window', { maxMessages: 5 }))).toEqual(['m1', 'm2', '', '', 'm5', '', '']);
  expect(contentsOf(await read('window', { maxMessages: 4 }))).toEqual(['m2', '', '', 'm5', '', '']);
  expect(await read('window', { epoch, sinceSeq: 1, maxMessages: 4 })).toMatchObject({ gone: false });
  expect(await read('window', { epoch, sinceSeq: 0, maxMessages: 4 })).toMatchObject({ gone: true });
});

test('a read that begins after a deletion does not share one that began before it', async () => {
  const { messageId } = await add(0, 'shared', 'secret');
  const connection = buses[0]!.natsConnection;
  const [request, subscribe] = [connection.request.bind(connection), connection.subscribe.bind(connection)];
  let release: (() => void) | undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  // The first read has all entries but the deletion, and has not ended.
  let delivered = 0;
  const delivery = jest.spyOn(connection, 'subscribe').mockImplementationOnce((subject, options) =>
    subscribe(subject, {
      ...options,
      callback: (error, message) => void (delivered++ === 0 && options!.callback!(error, message)),
    }),
  );
  let held = 0;
  let positions = 0;
  const fault = jest.spyOn(connection, 'request').mockImplementation(async (subject, ...rest) => {
    const reply = await request(subject, ...rest);
    if (subject.startsWith('$JS.API.CONSUMER.CREATE.') && held++ === 0) {
      await released;
    }
    positions += subject.startsWith('$JS.API.DIRECT.GET.') ? 1 : 0;
    return reply;
  });
  try {
    const before = read('shared');
    await waitFor(() => held > 0 && delivered > 0, { describe: 'the first read' });
    await logs[1]!.delete(1, 'shared', messageId);
    await waitFor(() => delivered > 1, { describe: 'the deletion' });
    const after = read('shared');
    await waitFor(() => positions === 2, { describe: 'the second read' });
    release?.();
    expect(contentsOf(await before)).toEqual(['secret']);
    expect(contentsOf(await after)).toEqual(['', '']);
  } finally {
    delivery.mockRestore();
    fault.mockRestore();
  }
});

test('restarts the numbering when all entries have expired, and reports whether a client missed any', async () => {
  const name = `short${randomBytes(4).toString('hex')}`;
  // Long enough for what is read before the entries expire, also on a busy machine.
  const log = await MessageLog.open(buses[0]!, { name, maxAgeMs: 3000, maxEntriesPerRoom: 10 });
  const query = { limit: 10, maxAgeMs: 60_000, maxMessages: 10 };
  const before = [
    await append(log, 1, 'quiet', newMessage('1')),
    await append(log, 1, 'quiet', newMessage('2')),
  ];
  const { position } = await log.read(1, 'quiet', { ...query, epoch: '', sinceSeq: 0 });
  const known = { ...query, epoch: position.epoch, sinceSeq: position.seq };
  await waitFor(async () => (await log.read(1, 'quiet', known)).position.seq === 0, {
    timeoutMs: 10_000,
    describe: 'the entries to expire',
  });
  // Away for less than the retention: no entry can have expired unseen.
  expect((await log.read(1, 'quiet', { ...known, awayMs: 500 })).gone).toBe(false);
  expect((await log.read(1, 'quiet', { ...known, awayMs: 5000 })).gone).toBe(true);
  const after = await append(log, 1, 'quiet', newMessage('3'));
  expect(after.seq).toBe(1);
  expect(after.messageId).toBeGreaterThan(before[1]!.messageId);
  const late = await log.read(1, 'quiet', { ...known, awayMs: 500 });
  expect(late).toMatchObject({ gone: false, messages: [{ seq: 1, content: '3' }] });
  expect(late.position.epoch).not.toBe(position.epoch);
  expect((await log.read(1, 'quiet', known)).gone).toBe(true);
});

test('refuses new messages at the quota until entries expire, and still acknowledges stored ones', async () => {
  const name = `quota${randomBytes(4).toString('hex')}`;
  const log = await MessageLog.open(buses[0]!, { name, maxAgeMs: 4000, maxEntriesPerRoom: 100 });
  const maxLogBytes = 2000;
  const first = await append(log, 1, 'room', newMessage('first', 'x'.repeat(maxLogBytes)), maxLogBytes);
  const refused = { code: 1190502, details: { maxStoredMessageBytes: maxLogBytes } };
  await expect(append(log, 1, 'room', newMessage('next'), maxLogBytes)).rejects.toMatchObject(refused);
  expect(log.fullestQuota).toBeGreaterThan(1);
  expect(log.fullestQuota).toBeLessThan(1.5);
  await expect(append(log, 1, 'other room', newMessage('next'), maxLogBytes)).rejects.toMatchObject(refused);
  expect(await append(log, 1, 'room', newMessage('first'), maxLogBytes)).toEqual(first);
  expect(await append(log, 2, 'room', newMessage('next'), maxLogBytes)).toMatchObject({ seq: 1 });
  expect(await append(log, 1, 'unlimited', newMessage('next'))).toMatchObject({ seq: 1 });
  await waitFor(() => append(log, 1, 'room', newMessage('later'), maxLogBytes).catch(() => undefined), {
    timeoutMs: 12_000,
    describe: 'the entries to expire',
  });
});

test('refuses messages if the size of the log cannot be read', async () => {
  const connection = buses[0]!.natsConnection;
  const request = connection.request.bind(connection);
  const fault = jest.spyOn(connection, 'request').mockImplementation((subject, ...rest) => {
    return subject.startsWith('$JS.API.STREAM.INFO.')
      ? Promise.reject(new Error('no answer'))
      : request(subject, ...rest);
  });
  try {
    const unread = append(logs[0]!, 77, 'room', newMessage('one'), 1_000_000);
    await expect(unread).rejects.toMatchObject({ code: 1009010 });
  } finally {
    fault.mockRestore();
  }
  expect(await append(logs[1]!, 77, 'room', newMessage('two'), 1_000_000)).toMatchObject({ seq: 1 });
});

test('fails an append in time with a retryable error while the server hangs', async () => {
  nats.signal('SIGSTOP');
  const startedAtMs = Date.now();
  const failure = await add(0, 'away', 'one').catch((error: unknown) => error);
  nats.signal('SIGCONT');
  expect(failure).toMatchObject({ code: 1009010, retryable: true });
  expect(Date.now() - startedAtMs).toBeLessThan(5000);
  expect((await add(0, 'away', 'one')).seq).toBe(1);
});

test('keeps acknowledged messages after the server is killed', async () => {
  await add(0, 'crash', 'one');
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
  expect((await add(0, 'crash', 'two')).seq).toBe(2);
  expect((await add(1, 'crash', 'one', 'changed')).seq).toBe(1);
  expect(contentsOf(await read('crash'))).toEqual(['one', 'two']);
});
