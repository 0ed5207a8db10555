import { afterEach, expect, test } from '@jest/globals';
import { type BusSubscription } from '@polyroom/bus';
import { messagingRpc, type OrderedMessage, type RequestOf, roomRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, bob, codeOf, moderatedAppId, useMessaging } from '../test/use-messaging.js';

const used = useMessaging();
let room: BusSubscription | undefined;
afterEach(() => room?.close());

async function remove(
  messageId: number,
  options: { roomId?: string; appId?: number; statement?: string } = {},
): Promise<void> {
  const { roomId = used.roomId, statement = await used.stateAuthority('messages:delete') } = options;
  const request = { appId: options.appId ?? appId, roomId, messageId };
  await used.client.request(messagingRpc.deleteMessage, request, { statement });
}

async function readAs(userId: string): Promise<OrderedMessage[]> {
  const request = { appId, roomId: used.roomId, userId, epoch: '', sinceSeq: 0, limit: 100 };
  return (await used.client.request(messagingRpc.readHistory, request)).messages;
}

test('a deletion reaches those who received the message, in the order of the room', async () => {
  await used.send('to all');
  const { messageId } = await used.send('rude', { kind: 'command', to: [bob.userId] });
  await remove(messageId);
  await remove(messageId);
  await used.send('later');
  await used.waitForStored(4);
  expect(used.stored.map(({ seq, prev, kind, to }) => [seq, prev, kind, to])).toEqual([
    [1, 0, 'broadcast', undefined],
    [2, 1, 'command', [bob.userId]],
    [3, 1, 'deletion', [bob.userId]],
    [4, 1, 'broadcast', undefined],
  ]);
  expect(used.stored[2]).toMatchObject({ content: '', deletes: messageId });
  expect((await readAs(bob.userId)).map(({ content }) => content)).toEqual(['to all', '', '', 'later']);
  expect((await readAs('carol')).map(({ content }) => content)).toEqual(['to all', 'later']);
  const statement = await used.stateAuthority('messages:read');
  const list = { appId, roomId: used.roomId };
  const { messages } = await used.client.request(messagingRpc.listMessages, list, { statement });
  expect(messages.map(({ content, deleted }) => [content, deleted])).toEqual([
    ['to all', undefined],
    ['', true],
    ['', undefined],
    ['later', undefined],
  ]);
});

test('refuses an ID that the room does not have with 1190503', async () => {
  const { messageId } = await used.send('x');
  expect(await codeOf(remove(messageId + 1))).toBe(1190503);
  expect(await codeOf(remove(messageId, { roomId: 'elsewhere' }))).toBe(1190503);
  expect(await codeOf(remove(Number.MAX_SAFE_INTEGER))).toBe(1190503);
  expect(await codeOf(remove(messageId))).toBe(0);
  await used.waitForStored(2);
  expect(await codeOf(remove(used.stored[1]!.messageId))).toBe(1190503);
});

test('refuses without a genuine statement for messages of the AppID', async () => {
  const { messageId } = await used.send('kept');
  for (const statement of [
    'a key',
    await used.stateAuthority('messages:read'),
    await used.stateAuthority('messages:send'),
    await used.stateAuthority('messages:delete', moderatedAppId),
  ]) {
    expect(await codeOf(remove(messageId, { statement }))).toBe(1190126);
  }
  const unsigned = { appId, roomId: used.roomId, messageId };
  expect(await codeOf(used.client.request(messagingRpc.deleteMessage, unsigned))).toBe(1190126);
  expect((await readAs(bob.userId)).map(({ content }) => content)).toEqual(['kept']);
});

test('deletes at the quota, at most once for each message', async () => {
  const { messageId } = await used.send('x'.repeat(500));
  await used.allow({ maxStoredMessageBytes: 100 });
  await waitFor(async () => (await codeOf(used.send('y'))) === 1190502, { describe: 'the quota' });
  for (let count = 0; count < 4; count++) {
    await remove(messageId);
  }
  const kinds = (await readAs(bob.userId)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'deletion')).toHaveLength(1);
});

test('records an event without the content, with the entitlement messageEvents only', async () => {
  const logged: RequestOf<typeof roomRpc.logEvent>[] = [];
  room = used.client.respond(roomRpc.logEvent, roomRpc.logEvent.subject, 'room', async (event) => {
    logged.push(event as RequestOf<typeof roomRpc.logEvent>);
    return {};
  });
  const [unrecorded, recorded] = [await used.send('rude'), await used.send('ruder')];
  await remove(unrecorded.messageId);
  expect(logged).toEqual([]);
  await used.allow({ messageEvents: true });
  // The event of the change and the request arrive over different subscriptions, in any order.
  await waitFor(
    async () => {
      await remove(recorded.messageId);
      return logged.length > 0;
    },
    { describe: 'the event' },
  );
  const { messageId } = recorded;
  expect(logged[0]).toMatchObject({
    ...{ appId, roomId: used.roomId, type: 'message.deleted' },
    data: { messageId, kind: 'broadcast', userId: 'alice' },
  });
  expect(JSON.stringify(logged)).not.toContain('rude');
});
