import { beforeEach, expect, test } from '@jest/globals';
import { type RoomFact } from '@polyroom/contracts';
import { LocalRoom } from './local-room.js';
import { type RoomSubscription } from './room-subscription.js';

const roomEpoch = 'e1';
let room: LocalRoom;
let memberCount = 3;
let emptied: number;

/** Lets the room read its message position. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  emptied = 0;
  room = new LocalRoom('r1', {
    onGap: () => {},
    onEmpty: () => (emptied += 1),
    readHistory: async () => ({ position: { epoch: 'me', seq: 4 }, gone: false, messages: [] }),
  });
  await settle();
});

function fact(seq: number, origin: string, type: 'memberJoined' | 'streamAdded' | 'streamRemoved'): RoomFact {
  const user = { userId: origin, userName: origin };
  const head = { roomEpoch, seq, origin: { sessionId: `se_${origin}` } };
  const stream = { streamId: `s_${origin}`, user, extraInfo: '', kinds: ['video' as const] };
  switch (type) {
    case 'memberJoined':
      return { type, ...head, user, memberCount };
    case 'streamAdded':
      return { type, ...head, stream };
    case 'streamRemoved':
      return { type, ...head, stream, reason: 1 };
  }
}

function join(userId: string, wantsUsers = false) {
  const seen: Array<{
    event: string;
    data: { seq?: number; messages?: Array<{ seq: number }>; position?: { epoch: string; seq: number } };
  }> = [];
  const removed: string[] = [];
  const subscription: RoomSubscription = room.subscribe({
    sessionId: `se_${userId}`,
    userId,
    nodeId: 'nd_1',
    wantsUsers,
    outlet: {
      write: ({ bytes }) => seen.push(JSON.parse(bytes.subarray(bytes[1] === 126 ? 4 : 2).toString())),
    },
    onStreamRemoved: (_roomId, streamId) => removed.push(streamId),
    onStreamMuted: () => undefined,
    onFactsMissed: () => undefined,
  });
  return {
    subscription,
    removed,
    /** Numbers of the received facts. */
    seqs: () => seen.flatMap(({ data }) => data.seq ?? []),
    /** Numbers of the received messages. */
    messages: () => seen.flatMap(({ data }) => (data.messages ?? []).map(({ seq: number }) => number)),
    frames: () => seen,
    position: () => seen.find(({ event }) => event === 'message.position')?.data.position,
  };
}

function message(seq: number, to?: string[]) {
  const from = { userId: 'c', userName: 'c' };
  const one = {
    seq,
    prev: seq - 1,
    messageId: seq,
    sentAtMs: 0,
    kind: 'broadcast',
    from,
    content: 'x',
  } as const;
  room.handleMessage({
    type: 'stored',
    epoch: 'me',
    messages: [{ ...one, category: 'chat', ...(to === undefined ? {} : { to }) }],
    keys: [''],
  });
}

test('holds back facts that overtake the login response, drops those in the snapshot, and delivers the rest in order', () => {
  const a = join('a');
  [7, 5, 6, 8].forEach((seq) => room.handleFact(fact(seq, 'b', 'streamAdded')));
  expect(a.seqs()).toEqual([]);
  a.subscription.activate({ roomEpoch, seq: 6 });
  expect(a.seqs()).toEqual([7, 8]);
});

test('starts a later member at its own snapshot, without a gap for an earlier one', () => {
  const a = join('a');
  a.subscription.activate({ roomEpoch, seq: 1 });
  const b = join('b');
  room.handleFact(fact(2, 'c', 'streamAdded'));
  room.handleFact(fact(3, 'c', 'streamRemoved'));
  b.subscription.activate({ roomEpoch, seq: 2 });
  expect(a.seqs()).toEqual([2, 3]);
  expect(b.seqs()).toEqual([3]);
  expect(b.removed).toEqual(['s_c']);
});

test('tells a member whose login was overtaken that facts are missing', () => {
  const a = join('a');
  const b = join('b');
  room.handleFact(fact(2, 'b', 'memberJoined'));
  b.subscription.activate({ roomEpoch, seq: 2 });
  a.subscription.activate({ roomEpoch, seq: 1 });
  expect(a.frames().map(({ event }) => event)).toContain('room.gap');
  expect(b.frames().map(({ event }) => event)).not.toContain('room.gap');
  room.handleFact(fact(3, 'c', 'streamAdded'));
  expect([a.seqs(), b.seqs()]).toEqual([[3], [3]]);
});

test('sends no member its own facts, and joins only to members that requested them', () => {
  const a = join('a', true);
  const b = join('b');
  a.subscription.activate({ roomEpoch, seq: 0 });
  b.subscription.activate({ roomEpoch, seq: 0 });
  room.handleFact(fact(1, 'c', 'memberJoined'));
  room.handleFact(fact(2, 'a', 'streamAdded'));
  room.handleFact(fact(3, 'b', 'streamAdded'));
  expect(a.seqs()).toEqual([1, 3]);
  expect(b.seqs()).toEqual([2]);
});

test('reports the member count instead of joins in a large room', () => {
  const a = join('a', true);
  a.subscription.activate({ roomEpoch, seq: 0 });
  memberCount = 501;
  room.handleFact(fact(1, 'c', 'memberJoined'));
  memberCount = 3;
  expect(a.seqs()).toEqual([]);
  expect(a.frames()).toContainEqual({ event: 'room.onlineCount', data: { roomId: 'r1', count: 501 } });
});

test('restarts numbering for a recreated room', () => {
  const a = join('a');
  a.subscription.activate({ roomEpoch, seq: 40 });
  room.handleFact({ ...fact(1, 'b', 'streamAdded'), roomEpoch: 'e2' });
  room.handleFact({ ...fact(2, 'c', 'streamAdded'), roomEpoch: 'e2' });
  expect(a.seqs()).toEqual([1, 2]);
});

test('holds messages until the login response, and reports the position from which they are complete', () => {
  const a = join('a');
  const b = join('b');
  b.subscription.activate({ roomEpoch, seq: 0 });
  expect(b.position()).toEqual({ epoch: 'me', seq: 4 });
  [5, 6, 6, 7].forEach((seq) => message(seq));
  expect(b.messages()).toEqual([5, 6, 7]);
  expect(a.messages()).toEqual([]);
  a.subscription.activate({ roomEpoch, seq: 0 });
  expect(a.position()).toEqual({ epoch: 'me', seq: 4 });
  expect(a.messages()).toEqual([5, 6, 7]);
});

test('sends a message for named users to them only', () => {
  const a = join('a');
  const b = join('b');
  [a, b].forEach(({ subscription }) => subscription.activate({ roomEpoch, seq: 0 }));
  message(5);
  message(6, ['b']);
  message(7);
  expect(a.messages()).toEqual([5, 7]);
  expect(b.messages()).toEqual([5, 6, 7]);
});

test('sends barrage messages to active members only, without holding them', () => {
  const a = join('a');
  const b = join('b');
  a.subscription.activate({ roomEpoch, seq: 0 });
  const from = { userId: 'c', userName: 'c' };
  room.handleMessage({
    type: 'barrage',
    message: { messageId: 'ms_1', sentAtMs: 0, from, content: 'x', category: 'chat' },
  });
  b.subscription.activate({ roomEpoch, seq: 0 });
  expect([a.messages().length, b.messages().length]).toEqual([1, 0]);
});

test('empties the room once when the last subscription is released', () => {
  const a = join('a');
  const b = join('b');
  a.subscription.release();
  a.subscription.release();
  expect(emptied).toBe(0);
  b.subscription.release();
  expect(emptied).toBe(1);
});
