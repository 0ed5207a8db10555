import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type MessagePosition, type OrderedMessage, type StoredMessages } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type Known, RoomMessages } from './room-messages.js';

let log: OrderedMessage[];
let epoch: string;
let forgotten: number;
let failures: number;
let asked: Known[];
let delivered: number[];
let positions: MessagePosition[];
let gaps: [number, number][];
let room: RoomMessages;

function stored(...seqs: number[]): StoredMessages {
  const from = { userId: 'u', userName: 'u' };
  const messages = seqs.map((seq) => ({
    ...{ seq, prev: seq - 1, messageId: seq * 10, sentAtMs: 0, from, content: 'x' },
    ...{ kind: 'broadcast' as const, category: 'chat' as const },
  }));
  return { type: 'stored', epoch, messages, keys: seqs.map(String) };
}

/** Appends to the log, and publishes unless the bus loses the message. */
function send(seq: number, isPublished = true): void {
  const entry = stored(seq);
  log.push(...entry.messages);
  if (isPublished) {
    room.handle(entry);
  }
}

const waitUntil = (condition: () => boolean, describe: string): Promise<unknown> =>
  waitFor(condition, { describe, intervalMs: 2 });

beforeEach(async () => {
  log = stored(1, 2, 3).messages;
  epoch = 'e1';
  forgotten = 0;
  failures = 0;
  asked = [];
  delivered = [];
  positions = [];
  gaps = [];
  room = new RoomMessages({
    deliver: (_epoch, messages) => delivered.push(...messages.map(({ seq }) => seq)),
    onPosition: (position) => positions.push(position),
    onGap: (from, to) => gaps.push([from, to]),
    readHistory: async (known, limit) => {
      asked.push(known);
      await new Promise((resolve) => setImmediate(resolve));
      if (failures > 0) {
        failures--;
        throw new Error('no response');
      }
      const sinceSeq = known.epoch === epoch ? known.seq : 0;
      return {
        position: { epoch, seq: log.length },
        gone: limit > 0 && sinceSeq < forgotten,
        messages: log.filter(({ seq }) => seq > Math.max(sinceSeq, forgotten)).slice(0, limit),
      };
    },
  });
  room.start();
});
afterEach(() => room.close());

test('starts at the room’s position, before messages received while reading it', async () => {
  send(4);
  await waitUntil(() => room.position?.seq === 4, 'the position');
  send(5);
  expect(positions).toEqual([{ epoch, seq: 3 }]);
  expect(delivered).toEqual([4, 5]);
});

test('drops duplicates in any entry', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  send(4);
  room.handle(stored(4));
  log.push(...stored(5).messages);
  room.handle(stored(3, 4, 5));
  expect(delivered).toEqual([4, 5]);
});

test('fills gaps from the history before delivering later messages', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  send(4);
  send(5, false);
  failures = 1;
  send(6);
  send(7);
  expect(delivered).toEqual([4]);
  await waitUntil(() => delivered.length >= 4, 'the rest');
  expect(delivered).toEqual([4, 5, 6, 7]);
  expect(asked[1]).toMatchObject({ epoch: 'e1', seq: 4, messageId: 40 });
  expect(gaps).toEqual([]);
});

test('reads missed messages as soon as the bus is back', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  send(4, false);
  send(5, false);
  room.handleBusReturned(1234);
  await waitUntil(() => delivered.length === 2, 'both');
  expect(delivered).toEqual([4, 5]);
  expect(asked[1]!.awayMs).toBe(1234);
});

test('reports expired messages as a jump, and counts them', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  [4, 5, 6].forEach((seq) => send(seq, false));
  forgotten = 5;
  send(7);
  await waitUntil(() => delivered.length === 2, 'the stored messages');
  expect(delivered).toEqual([6, 7]);
  expect(positions).toEqual([
    { epoch: 'e1', seq: 3 },
    { epoch: 'e1', seq: 5 },
  ]);
  expect(gaps).toEqual([[4, 5]]);
});

test('accepts numbering that restarts', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  epoch = 'e2';
  log = [];
  send(1);
  send(2);
  expect(delivered).toEqual([1, 2]);
  expect(room.position).toEqual({ epoch: 'e2', seq: 2 });
});
