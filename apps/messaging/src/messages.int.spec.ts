import { describe, expect, test } from '@jest/globals';
import { messagingRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { alice, appId, bob, useMessaging } from '../test/use-messaging.js';

const used = useMessaging();

describe('a message', () => {
  test('is published with the numbers that its sender gets', async () => {
    const sent = await used.send('hello', { roomId: 'a.b' });
    await used.waitForStored(1);
    const published = {
      kind: 'broadcast',
      category: 'chat',
      from: alice,
      content: 'hello',
      prev: 0,
      ...sent,
    };
    expect(used.stored).toEqual([published]);
    expect(sent.seq).toBe(1);
    expect(Math.abs(Date.now() - sent.sentAtMs)).toBeLessThan(5000);
    expect((await used.send('next', { roomId: 'a.b' })).messageId).toBeGreaterThan(sent.messageId);
  });

  test('has one place in the order of its room, across instances and kinds', async () => {
    const kinds = ['broadcast', 'command', 'transparent'] as const;
    const sent = await Promise.all(
      Array.from({ length: 60 }, (_, n) => used.send(`dGV4dCAw${n % 10}AAA`, { kind: kinds[n % 3]! })),
    );
    await used.waitForStored(60);
    expect(used.stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    sent.forEach(({ seq }, n) => expect(used.stored[seq - 1]!.kind).toBe(kinds[n % 3]));
    const ids = used.stored.map(({ messageId }) => messageId);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(60);
  });

  test('is deduplicated by its ID per sender', async () => {
    const first = await used.send('first', { clientMessageId: 'same' });
    expect(await used.send('changed', { clientMessageId: 'same' })).toEqual(first);
    expect((await used.send('mine', { clientMessageId: 'same', from: bob })).seq).toBe(2);
    await used.waitForStored(2);
    expect(used.stored.map(({ content }) => content)).toEqual(['first', 'mine']);
  });

  test('is counted once in the usage, also if it is repeated', async () => {
    await used.send('words', { clientMessageId: 'same' });
    await used.send('words', { clientMessageId: 'same' });
    await used.closeInstances();
    await used.startInstances(2);
    const rows = used.usage.filter(({ roomId }) => roomId === used.roomId);
    expect(rows).toMatchObject([{ userId: 'alice', messages: 1, messageBytes: 5 }]);
  });

  test('has its own outcome within a batch', async () => {
    const common = {
      appId,
      roomId: used.roomId,
      from: alice,
      kind: 'broadcast',
      category: 'chat',
    } as const;
    const { outcomes } = await used.client.request(messagingRpc.send, {
      messages: [
        { ...common, content: 'one', clientMessageId: 'b1' },
        { ...common, content: '', clientMessageId: 'b2' },
        { ...common, content: 'three', clientMessageId: 'b3' },
      ],
    });
    expect(outcomes).toMatchObject([
      { sent: { seq: 1 } },
      { error: { code: 1009001 } },
      { sent: { seq: 2 } },
    ]);
  });
});

test('history is limited by the entitlements of the AppID', async () => {
  await used.send('one');
  await used.send('two');
  await used.send('three', { to: ['carol'] });
  const ask = (userId?: string) =>
    used.client.request(messagingRpc.readHistory, {
      appId,
      roomId: used.roomId,
      ...(userId === undefined ? {} : { userId }),
      epoch: '',
      sinceSeq: 0,
      limit: 50,
    });
  expect((await ask()).messages.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
  expect((await ask('bob')).messages.map(({ content }) => content)).toEqual(['one', 'two']);
  await used.allow({ historyMessages: 1 });
  await waitFor(async () => (await ask()).messages.length === 1, { describe: 'the limit' });
  expect(await ask()).toMatchObject({ gone: true, position: { seq: 3 } });
});

test('keeps acknowledged messages and continues the order after all instances restart', async () => {
  await used.send('one');
  await used.send('two', { clientMessageId: 'again' });
  await used.closeInstances();
  await used.startInstances(2);
  expect((await used.send('three')).seq).toBe(3);
  expect((await used.send('two', { clientMessageId: 'again' })).seq).toBe(2);
});
