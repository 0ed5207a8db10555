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

/** In the log, and told unless the bus loses it. */
function send(seq: number, isTold = true): void {
  const entry = stored(seq);
  log.push(...entry.messages);
  if (isTold) {
    room.handle(entry);
  }
}

const waitUntil = (condition: () => boolean, describe: string): Promise<unknown> =>
  waitFor(condition, { timeoutMs: 2000, describe, intervalMs: 2 });

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
        throw new Error('nobody answers');
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

test('begins where the room stands, with what came while that was being asked', async () => {
  send(4);
  await waitUntil(() => room.position?.seq === 4, 'the position');
  send(5);
  expect(delivered.filter((seq) => seq <= 3)).toEqual([]);
  expect(delivered.at(-1)).toBe(5);
});

test('a repetition is dropped, in whatever entry it comes', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  send(4);
  room.handle(stored(4));
  log.push(...stored(5).messages);
  room.handle(stored(3, 4, 5));
  expect(delivered).toEqual([4, 5]);
});

test('what the bus lost is read from the history before anything later is delivered', async () => {
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

test('after the bus was away the last messages come without waiting for a next one', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  send(4, false);
  send(5, false);
  room.handleBusReturned(1234);
  await waitUntil(() => delivered.length === 2, 'both');
  expect(delivered).toEqual([4, 5]);
  expect(asked[1]!.awayMs).toBe(1234);
});

test('what is no longer kept is told as a jump, and counted', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  [4, 5, 6].forEach((seq) => send(seq, false));
  forgotten = 5;
  send(7);
  await waitUntil(() => delivered.length === 2, 'what is kept');
  expect(delivered).toEqual([6, 7]);
  expect(positions).toEqual([
    { epoch: 'e1', seq: 3 },
    { epoch: 'e1', seq: 5 },
  ]);
  expect(gaps).toEqual([[4, 5]]);
});

test('numbers that begin anew are not taken for old ones', async () => {
  await waitUntil(() => room.position !== undefined, 'the position');
  epoch = 'e2';
  log = [];
  send(1);
  send(2);
  expect(delivered).toEqual([1, 2]);
  expect(room.position).toEqual({ epoch: 'e2', seq: 2 });
});
