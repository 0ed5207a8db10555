import { beforeEach, expect, test } from '@jest/globals';
import { type messagingRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { RoomSends } from './room-sends.js';

let asked: { contents: string[]; answer: () => void }[];
let isIdle: boolean;
let sends: RoomSends;

beforeEach(() => {
  asked = [];
  isIdle = false;
  sends = new RoomSends(
    (messages) =>
      new Promise((resolve) => {
        const outcomes = messages.map(({ content }, index) =>
          content === 'bad'
            ? { error: { code: 1009002, name: 'IM_CONTENT_TOO_LONG', message: 'x', retryable: false } }
            : { sent: { seq: index } },
        );
        asked.push({ contents: messages.map(({ content }) => content), answer: () => resolve(outcomes) });
      }),
    () => {
      isIdle = true;
    },
  );
});

function send(userId: string, content: string): Promise<unknown> {
  const message: messagingRpc.StoredSend = {
    ...{ appId: 1, roomId: 'r', from: { userId, userName: userId }, content, clientMessageId: content },
    ...{ kind: 'broadcast', category: 'chat' },
  };
  return sends.send(message).catch((error: { code: number }) => error.code);
}

const waitForAsked = (count: number): Promise<unknown> =>
  waitFor(() => asked.length >= count, { describe: `${count} requests`, intervalMs: 1 });

test('batches messages of one event-loop tick, each with its own outcome', async () => {
  const outcomes = [send('a', 'a1'), send('b', 'bad'), send('a', 'a2')];
  await waitForAsked(1);
  expect(asked[0]!.contents).toEqual(['a1', 'bad', 'a2']);
  asked[0]!.answer();
  expect(await Promise.all(outcomes)).toEqual([{ seq: 0 }, 1009002, { seq: 2 }]);
  await waitFor(() => isIdle, { describe: 'idleness' });
});

test('delays a message for pending ones of the same user only', async () => {
  void send('a', 'a1');
  await waitForAsked(1);
  void send('a', 'a2');
  void send('b', 'b1');
  void send('a', 'a3');
  await waitForAsked(2);
  expect(asked[1]!.contents).toEqual(['b1']);
  asked[0]!.answer();
  await waitForAsked(3);
  expect(asked[2]!.contents).toEqual(['a2', 'a3']);
});

test('bounds a request in number and bytes, and keeps the order of the rest', async () => {
  const big = 'x'.repeat(60_000);
  void send('a', big);
  void send('b', 'b1');
  void send('a', `${big}2`);
  void send('a', `${big}3`);
  void send('a', 'a4');
  void send('c', 'c1');
  await waitForAsked(1);
  expect(asked[0]!.contents).toEqual([big, 'b1', `${big}2`, 'c1']);
  asked[0]!.answer();
  await waitForAsked(2);
  // A small message does not overtake a large one of the same user.
  expect(asked[1]!.contents).toEqual([`${big}3`, 'a4']);
});
