import { afterEach, expect, test } from '@jest/globals';
import { type BusSubscription } from '@polyroom/bus';
import { type RequestOf, roomRpc } from '@polyroom/contracts';
import { alice, appId, bob, codeOf, useMessaging } from '../test/use-messaging.js';

const used = useMessaging();
let room: BusSubscription | undefined;
afterEach(() => room?.close());

/** Stands for the room service; fails while `failures` are left. */
function logEvents(failures = 0): RequestOf<typeof roomRpc.logEvent>[] {
  const logged: RequestOf<typeof roomRpc.logEvent>[] = [];
  room = used.client.respond(roomRpc.logEvent, roomRpc.logEvent.subject, 'room', async (event) => {
    if (failures-- > 0) {
      throw new Error('the log cannot be written');
    }
    logged.push(event as RequestOf<typeof roomRpc.logEvent>);
    return {};
  });
  return logged;
}

test('records stored messages as events with the entitlement messageEvents only, and no barrage messages', async () => {
  const logged = logEvents();
  await used.send('unlogged');
  await used.allow({ messageEvents: true });
  const sent = await used.send('hello', { category: 'chat' });
  await used.send('for bob', { kind: 'command', to: ['bob'] });
  await used.barrage('flies by');
  expect(logged.map(({ data }) => data['content'])).toEqual(['hello', 'for bob']);
  expect(logged[0]).toMatchObject({
    ...{ appId, roomId: used.roomId, type: 'message.sent', atMs: sent.sentAtMs },
    data: { messageId: sent.messageId, kind: 'broadcast', userId: alice.userId, category: 'chat' },
  });
  expect(logged[0]!.data).not.toHaveProperty('to');
  expect(logged[1]!.data['to']).toEqual([bob.userId]);
  expect(new Set(logged.map(({ id }) => id)).size).toBe(2);
});

test('refuses a message whose event is not stored; its repetition is the same message and event', async () => {
  await used.allow({ messageEvents: true });
  const logged = logEvents(1);
  const message = { clientMessageId: 'again' };
  expect(await codeOf(used.send('hello', message))).toBe(1009010);
  const sent = await used.send('hello', message);
  await used.send('hello', message);
  expect(logged.map(({ data }) => data['messageId'])).toEqual([sent.messageId, sent.messageId]);
  expect(new Set(logged.map(({ id }) => id)).size).toBe(1);
  const stored = used.published.flatMap((each) => (each.type === 'stored' ? each.messages : []));
  expect(stored).toHaveLength(1);
});
