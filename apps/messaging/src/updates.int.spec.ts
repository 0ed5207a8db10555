import { describe, expect, test } from '@jest/globals';
import { type AppError } from '@polyroom/contracts';
import { bob, codeOf, codesOf, moderatedAppId, useMessaging } from '../test/use-messaging.js';

const used = useMessaging();
const kinds = ['attribute', 'streamExtraInfo', 'userName'] as const;
const bytes = (text: string): string => Buffer.from(text).toString('base64');

describe('an update that is not a message', () => {
  test.each(kinds)('is limited per sender and room: refuses %s above the rate with 1009015', async (kind) => {
    await used.allow({ updatesPerUserPerSecond: 2 });
    // Each of the two instances has its own buckets, so four updates pass.
    expect(await codesOf(8, () => used.permit(kind, 'x'))).toEqual(new Set([0, 1009015]));
    // Not those of the other kinds, which share the rate.
    const from = { ...bob, userId: `bob-${kind}` };
    expect(await codeOf(used.permit(kind, 'x', { from }))).toBe(0);
    expect(await codeOf(used.permit(kind, 'x', { roomId: `elsewhere-${kind}` }))).toBe(0);
  });

  test('shares one rate per sender with the other kinds and with transparent messages to members', async () => {
    await used.allow({ updatesPerUserPerSecond: 1 });
    const transparent = { kind: 'transparent', mode: 'clients' } as const;
    expect(await codesOf(12, () => used.send('eA==', transparent))).toEqual(new Set([0, 1009015]));
    expect(await codesOf(3, (n) => used.permit(kinds[n]!, 'x'))).toEqual(new Set([1009015]));
    // Addressed to the application server only, so it is not counted.
    const { appServer } = used;
    appServer.answer = () => ({});
    const toServer = { ...transparent, mode: 'server', appId: moderatedAppId } as const;
    expect(await codesOf(6, () => used.send('eA==', toServer))).toEqual(new Set([0]));
  });

  test('is limited per room if it is an attribute: 1002072', async () => {
    await used.allow({ attributeChangesPerRoomPerSecond: 1 });
    const change = (n: number) =>
      used.permit('attribute', 'x', { from: { userId: `user${n}`, userName: 'U' } });
    expect(await codesOf(6, change)).toEqual(new Set([0, 1002072]));
    expect(await codesOf(6, () => used.permit('streamExtraInfo', 'x'))).toEqual(new Set([0]));
  });

  test('counts each changed text: a call with many is made up for before the next one', async () => {
    await used.allow({ updatesPerUserPerSecond: 5 });
    const texts = Array.from({ length: 100 }, (_, index) => ({ key: `k${index}`, content: 'x' }));
    // Each of the two instances has its own buckets.
    expect(await codesOf(8, () => used.permit('attribute', '', { texts }))).toEqual(new Set([0, 1009015]));
    expect(await codesOf(8, () => used.permit('attribute', 'x'))).toEqual(new Set([1009015]));
  });

  test('is limited per AppID if an application server sends it: 1002073', async () => {
    await used.allow({ serverMessagesPerSecond: 1, updatesPerUserPerSecond: 1 });
    const statement = await used.stateAuthority('rooms:write');
    const change = (n: number) => used.permit('attribute', 'x', { roomId: `server${n}` }, { statement });
    expect(await codesOf(6, change)).toEqual(new Set([0, 1002073]));
  });

  test.each(kinds)('is moderated: %s is refused with 1190501, rewritten, or permitted', async (kind) => {
    used.appServer.answer = (content) =>
      content === 'bad'
        ? { action: 'refuse', reason: 'rude' }
        : content === 'word'
          ? { action: 'rewrite', content: '****' }
          : { action: 'allow' };
    const moderated = { appId: moderatedAppId };
    expect(await used.permit(kind, 'fine', moderated)).toEqual(['fine']);
    expect(await used.permit(kind, 'word', moderated)).toEqual(['****']);
    const refusal = await used.permit(kind, 'bad', moderated).catch((error: AppError) => error);
    expect(refusal).toMatchObject({ code: 1190501, details: { reason: 'rude' } });
    expect(used.appServer.asked[0]!.body).toMatchObject({ kind, content: 'fine', from: { userId: 'alice' } });
  });

  test('is refused as a whole if one of its texts is, and moderation gets each text with its key', async () => {
    used.appServer.answer = (content) => ({ action: content === 'bad' ? 'refuse' : 'allow' });
    const texts = [
      { key: 'topic', content: 'fine' },
      { key: 'removed', content: '' },
      { key: 'stage', content: 'bad' },
    ];
    const permit = (...some: typeof texts) =>
      used.permit('attribute', '', { appId: moderatedAppId, texts: some });
    expect(await codeOf(permit(...texts))).toBe(1190501);
    expect(used.appServer.asked.map(({ body: { key } }) => key).sort()).toEqual([
      'removed',
      'stage',
      'topic',
    ]);
    expect(await permit(texts[0]!, texts[1]!)).toEqual(['fine', '']);
  });

  test.each([
    ['attribute', 'x'.repeat(1025)],
    ['streamExtraInfo', 'x'.repeat(1025)],
    ['userName', 'two\nlines'],
  ] as const)('is refused where moderation rewrites %s to what it must not be', async (kind, content) => {
    used.appServer.answer = () => ({ action: 'rewrite', content });
    expect(await codeOf(used.permit(kind, 'x', { appId: moderatedAppId }))).toBe(1190501);
  });
});

test('moderates a transparent message to members in order, and not one to the application server', async () => {
  used.appServer.answer = (content) => ({ action: content === bytes('bad') ? 'refuse' : 'allow' });
  const transparent = { appId: moderatedAppId, kind: 'transparent' } as const;
  for (const mode of ['clients', 'both', undefined] as const) {
    expect(await codeOf(used.send(bytes('bad'), { ...transparent, ...(mode && { mode }) }))).toBe(1190501);
  }
  expect(used.appServer.asked.map(({ path }) => path)).toEqual(Array(3).fill('/moderate'));
  expect(await codeOf(used.send(bytes('good'), { ...transparent, mode: 'clients' }))).toBe(0);
  await used.waitForStored(1);
  expect(used.stored.map(({ content }) => content)).toEqual([bytes('good')]);
  used.appServer.answer = () => ({ action: 'rewrite', content: 'no base64!' });
  expect(await codeOf(used.send(bytes('x'), { ...transparent, mode: 'clients' }))).toBe(1190501);
});
