import { beforeEach, expect, test } from '@jest/globals';
import { type OrderedMessage } from '@polyroom/contracts';
import { RecentMessages } from './recent-messages.js';

let recent: RecentMessages;

function message(seq: number, content = 'x'): OrderedMessage {
  return {
    ...{ seq, prev: seq - 1, messageId: seq, sentAtMs: 0, content, from: { userId: 'u', userName: 'u' } },
    ...{ kind: 'broadcast', category: 'chat' },
  };
}

const seqsAfter = (seq: number, epoch = 'e'): number[] | undefined =>
  recent.after({ epoch, seq })?.map((each) => each.seq);

beforeEach(() => {
  recent = new RecentMessages();
});

test('returns all messages after a position, or undefined if it is too old', () => {
  expect(seqsAfter(0)).toBeUndefined();
  recent.add('e', [message(5), message(6)]);
  recent.add('e', [message(7)]);
  expect([4, 5, 6, 7].map((seq) => seqsAfter(seq))).toEqual([[5, 6, 7], [6, 7], [7], []]);
  expect(seqsAfter(3)).toBeUndefined();
  expect(seqsAfter(6, 'other')).toBeUndefined();
  recent.add('other', [message(1)]);
  expect(seqsAfter(6)).toBeUndefined();
  expect(seqsAfter(0, 'other')).toEqual([1]);
});

test('holds a deleted message without its content, in its place', () => {
  recent.add('e', [message(5), message(6)]);
  const before = recent.after({ epoch: 'e', seq: 4 });
  recent.add('e', [{ ...message(7, ''), kind: 'deletion', deletes: 5 }]);
  recent.add('e', [{ ...message(8, ''), kind: 'deletion', deletes: 1 }]);
  const after = recent.after({ epoch: 'e', seq: 4 })!;
  expect(after.map(({ content, deleted, deletes }) => [content, deleted, deletes])).toEqual([
    ['', true, undefined],
    ['x', undefined, undefined],
    ['', undefined, 5],
    ['', undefined, 1],
  ]);
  expect(after[0]).toEqual({ ...message(5, ''), deleted: true });
  expect(before![0]!.content).toBe('x');
});

test('bounds number and size', () => {
  for (let seq = 1; seq <= 5000; seq++) {
    recent.add('e', [message(seq)]);
  }
  expect(seqsAfter(4500)).toHaveLength(500);
  expect(seqsAfter(3900)).toBeUndefined();
  for (let seq = 5001; seq <= 5100; seq++) {
    recent.add('e', [message(seq, 'x'.repeat(20_000))]);
  }
  expect(seqsAfter(5098)).toHaveLength(2);
  expect(seqsAfter(5080)).toBeUndefined();
});
