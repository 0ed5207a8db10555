import { beforeEach, expect, test } from '@jest/globals';
import { type RoomFact } from '@polyroom/contracts';
import { LocalRoom } from './local-room.js';
import { type RoomSeat } from './room-seat.js';

const roomEpoch = 'e1';
let room: LocalRoom;
let emptied: number;

beforeEach(() => {
  emptied = 0;
  room = new LocalRoom('r1', Promise.resolve(), { onGap: () => {}, onEmpty: () => (emptied += 1) });
});

function fact(seq: number, origin: string, type: 'memberJoined' | 'streamAdded' | 'streamRemoved'): RoomFact {
  const user = { userId: origin, userName: origin };
  const head = { roomEpoch, seq, origin: { sessionId: `se_${origin}` } };
  const stream = { streamId: `s_${origin}`, user, extraInfo: '', kinds: ['video' as const] };
  switch (type) {
    case 'memberJoined':
      return { type, ...head, user };
    case 'streamAdded':
      return { type, ...head, stream };
    case 'streamRemoved':
      return { type, ...head, stream, reason: 1 };
  }
}

function join(userId: string, wantsUsers = false) {
  const seen: Array<{ event: string; data: { seq?: number; messages?: Array<{ seq: number }> } }> = [];
  const removed: string[] = [];
  const seat: RoomSeat = room.takeSeat({
    sessionId: `se_${userId}`,
    userId,
    nodeId: 'nd_1',
    wantsUsers,
    write: (frame) => seen.push(JSON.parse(frame.toString())),
    onStreamRemoved: (_roomId, streamId) => removed.push(streamId),
  });
  return { seat, removed, seqs: () => seen.map(({ data }) => data.seq ?? data.messages?.[0]?.seq) };
}

function message(seq: number, from: string, messageId = seq) {
  room.handleMessage({
    appId: 1,
    roomId: 'r1',
    messageId,
    seq,
    sentAtMs: 0,
    from: { userId: from, userName: from },
    content: 'x',
  });
}

test('facts that overtake the login answer are held back, those in the snapshot dropped, the rest in order', () => {
  const a = join('a');
  [7, 5, 6, 8].forEach((seq) => room.handleFact(fact(seq, 'b', 'streamAdded')));
  expect(a.seqs()).toEqual([]);
  a.seat.activate({ roomEpoch, seq: 6 });
  expect(a.seqs()).toEqual([7, 8]);
});

test('a later member knows its own snapshot only, an earlier one misses nothing by it', () => {
  const a = join('a');
  a.seat.activate({ roomEpoch, seq: 1 });
  const b = join('b');
  room.handleFact(fact(2, 'c', 'streamAdded'));
  room.handleFact(fact(3, 'c', 'streamRemoved'));
  b.seat.activate({ roomEpoch, seq: 2 });
  expect(a.seqs()).toEqual([2, 3]);
  expect(b.seqs()).toEqual([3]);
  expect(b.removed).toEqual(['s_c']);
});

test('nobody hears of their own deeds, and of people coming only who asked for it', () => {
  const a = join('a', true);
  const b = join('b');
  a.seat.activate({ roomEpoch, seq: 0 });
  b.seat.activate({ roomEpoch, seq: 0 });
  room.handleFact(fact(1, 'c', 'memberJoined'));
  room.handleFact(fact(2, 'a', 'streamAdded'));
  room.handleFact(fact(3, 'b', 'streamAdded'));
  expect(a.seqs()).toEqual([1, 3]);
  expect(b.seqs()).toEqual([2]);
});

test('a room made anew counts from the beginning again', () => {
  const a = join('a');
  a.seat.activate({ roomEpoch, seq: 40 });
  room.handleFact({ ...fact(1, 'b', 'streamAdded'), roomEpoch: 'e2' });
  room.handleFact({ ...fact(2, 'c', 'streamAdded'), roomEpoch: 'e2' });
  expect(a.seqs()).toEqual([1, 2]);
});

test('messages go to everybody but their sender, once and in order, and wait for the login answer', () => {
  const a = join('a');
  const b = join('b');
  b.seat.activate({ roomEpoch, seq: 0 });
  message(1, 'a');
  message(3, 'c');
  message(2, 'c');
  message(3, 'c');
  expect(b.seqs()).toEqual([1, 2, 3]);
  expect(a.seqs()).toEqual([]);
  a.seat.activate({ roomEpoch, seq: 0 });
  expect(a.seqs()).toEqual([2, 3]);
});

test('messages that are numbered anew are not taken for old ones', () => {
  const a = join('a');
  a.seat.activate({ roomEpoch, seq: 0 });
  message(1, 'b', 100);
  message(2, 'b', 101);
  message(1, 'b', 102);
  expect(a.seqs()).toEqual([1, 2, 1]);
});

test('the last seat given back empties the room, once', () => {
  const a = join('a');
  const b = join('b');
  a.seat.release();
  a.seat.release();
  expect(emptied).toBe(0);
  b.seat.release();
  expect(emptied).toBe(1);
});
