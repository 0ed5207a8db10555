import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type AppError, messagingRpc } from '@polyroom/contracts';
import { alice, appId, codeOf, moderatedAppId, secret, useMessaging } from '../test/use-messaging.js';

const used = useMessaging();

describe('the application server', () => {
  const moderated = { appId: moderatedAppId };

  test('allows, refuses and rewrites messages, and can verify the signature', async () => {
    used.appServer.answer = (content) =>
      content === 'bad'
        ? { action: 'refuse', reason: 'rude' }
        : content === 'word'
          ? { action: 'rewrite', content: '****' }
          : { action: 'allow' };
    await used.send('fine', moderated);
    await used.send('word', moderated);
    const refusal = await used.send('bad', moderated).catch((error: AppError) => error);
    expect(refusal).toMatchObject({ code: 1190501, details: { reason: 'rude' } });
    await used.waitForStored(2);
    expect(used.stored.map(({ content }) => content)).toEqual(['fine', '****']);
    const { signature, text } = used.appServer.asked[0]!;
    const [, atSeconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature)!;
    expect(mac).toBe(createHmac('sha256', secret).update(`${atSeconds}.${text}`).digest('hex'));
  });

  test('keeps the order of messages from one user, however long moderation takes', async () => {
    used.appServer.delayMs = (content) => (content === 'first' ? 120 : 0);
    const common = {
      ...moderated,
      roomId: used.roomId,
      from: alice,
      kind: 'broadcast',
      category: 'chat',
    } as const;
    await used.client.request(messagingRpc.send, {
      messages: ['first', 'second', 'third'].map((content) => ({
        ...common,
        content,
        clientMessageId: content,
      })),
    });
    await used.waitForStored(3);
    expect(used.stored.map(({ content }) => content)).toEqual(['first', 'second', 'third']);
  });

  test('applies onFailure if it does not reply', async () => {
    used.appServer.answer = () => undefined;
    expect(await codeOf(used.send('x', moderated))).toBe(1190501);
    used.appServer.answer = () => ({ action: 'nonsense' });
    expect(await codeOf(used.send('x', moderated))).toBe(1190501);
    await used.closeInstances();
    await used.startInstances(1, 'allow');
    used.appServer.answer = () => undefined;
    expect(await codeOf(used.send('x', moderated))).toBe(0);
  });

  test('receives the transparent messages addressed to it, and no member does', async () => {
    const transparent = { ...moderated, kind: 'transparent' } as const;
    expect(await used.send('AAEC', { ...transparent, mode: 'server' })).toEqual({});
    expect(await used.send('AwQF', { ...transparent, mode: 'both' })).toMatchObject({ seq: 1 });
    expect(used.appServer.asked.map(({ path, body }) => [path, body.content])).toEqual([
      ['/transparent', 'AAEC'],
      // The second one is addressed to members as well.
      ['/moderate', 'AwQF'],
      ['/transparent', 'AwQF'],
    ]);
    await used.waitForStored(1);
    expect(used.stored.map(({ content }) => content)).toEqual(['AwQF']);
    used.appServer.answer = () => undefined;
    expect(await codeOf(used.send('AAEC', { ...transparent, mode: 'server' }))).toBe(1009010);
    expect(await codeOf(used.send('AAEC', { ...transparent, appId, mode: 'server' }))).toBe(1009010);
  });
});
