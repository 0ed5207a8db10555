import { describe, expect, test } from '@jest/globals';
import { type Entitlements, messagingRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { StatementSigner } from '@polyroom/tokens';
import { appId, bob, codeOf, codesOf, moderatedAppId, useMessaging } from '../test/use-messaging.js';

const used = useMessaging();

describe('limits', () => {
  test('refuses an empty message with 1009001 and one above the limit in bytes with 1009002', async () => {
    await used.allow({ maxMessageBytes: 8 });
    expect(await codeOf(used.send(''))).toBe(1009001);
    expect(await codeOf(used.send('üüüü'))).toBe(0);
    expect(await codeOf(used.send('üüüüx'))).toBe(1009002);
    expect(await codeOf(used.barrage('üüüüx'))).toBe(1009002);
    expect(await codeOf(used.barrage('üüüü'))).toBe(0);
    expect(await codeOf(used.send('üüüüx', { kind: 'command' }))).toBe(1009013);
  });

  test('measures a transparent message by its decoded bytes', async () => {
    const bytes = (count: number): string => Buffer.alloc(count, 7).toString('base64');
    expect(await codeOf(used.send(bytes(64), { kind: 'transparent' }))).toBe(0);
    expect(await codeOf(used.send(bytes(65), { kind: 'transparent' }))).toBe(1009013);
  });

  test('refuses a user above the rate with 1009015, and no other user', async () => {
    await used.allow({ broadcastsPerUserPerSecond: 2 });
    // In sequence. Each of the two instances has its own buckets, so four messages pass.
    expect(await codesOf(8, () => used.send('x'))).toEqual(new Set([0, 1009015]));
    expect(await codeOf(used.send('x', { from: bob }))).toBe(0);
    expect(await codeOf(used.send('x', { roomId: 'elsewhere' }))).toBe(0);
  });

  test.each<[string, Partial<Entitlements>, (n: number) => Promise<unknown>]>([
    [
      'broadcast messages',
      { broadcastsPerRoomPerSecond: 1 },
      (n) => used.send('x', { from: { userId: `user${n}`, userName: 'U' } }),
    ],
    ['barrage messages', { barragesPerRoomPerSecond: 1 }, () => used.barrage('x')],
    [
      'commands to one user',
      { commandsToOnePerRoomPerSecond: 1 },
      () => used.send('x', { kind: 'command', to: ['bob'] }),
    ],
    ['commands to several', { commandsToManyPerRoomPerSecond: 1 }, () => used.send('x', { kind: 'command' })],
    [
      'transparent messages',
      { transparentsPerRoomPerSecond: 1 },
      () => used.send('eA==', { kind: 'transparent' }),
    ],
  ])('refuses too many %s in a room with 1002072', async (_kind, limits, work) => {
    await used.allow(limits);
    expect(await codesOf(6, work)).toEqual(new Set([0, 1002072]));
  });

  test('limits application servers separately, per AppID', async () => {
    await used.allow({ serverMessagesPerSecond: 1, broadcastsPerUserPerSecond: 1 });
    const statement = await used.stateAuthority('messages:send');
    const count = () => used.client.request(messagingRpc.countServerMessage, { appId }, { statement });
    expect(await codesOf(6, count)).toEqual(new Set([0, 1002073]));
    const ask = (n: number) => used.send('x', { roomId: `server${n}` }, { statement });
    expect(await codesOf(6, ask)).toEqual(new Set([0]));
  });

  test('counts deletions with the messages of application servers', async () => {
    await used.allow({ serverMessagesPerSecond: 2 });
    const [sends, deletes] = [
      { statement: await used.stateAuthority('messages:send') },
      { statement: await used.stateAuthority('messages:delete') },
    ];
    const { countDeletion, countServerMessage } = messagingRpc;
    expect(await codeOf(used.client.request(countDeletion, { appId }, sends))).toBe(1190126);
    const count = (n: number) =>
      n % 2 === 0
        ? used.client.request(countDeletion, { appId }, deletes)
        : used.client.request(countServerMessage, { appId }, sends);
    // The second of the test before may not be over yet.
    await waitFor(async () => (await codeOf(count(0))) === 0, {
      timeoutMs: 10_000,
      describe: 'a next second',
    });
    expect(await codesOf(12, count)).toContain(1002073);
  });

  test('accepts no message as one of an application server without a genuine statement', async () => {
    const other = await StatementSigner.create();
    const claims = { actor: 'a key', kind: 'apiKey', permission: 'messages:send', appId } as const;
    const count = (more: object) => used.client.request(messagingRpc.countServerMessage, { appId }, more);
    expect(await codeOf(count({}))).toBe(1190126);
    for (const statement of [
      'a key',
      await other.sign(claims),
      await used.stateAuthority('rooms:write'),
      await used.stateAuthority('messages:send', appId + 1),
    ]) {
      expect(await codeOf(count({ statement }))).toBe(1190126);
      expect(await codeOf(used.send('x', {}, { statement }))).toBe(1190126);
    }
    const statement = await used.stateAuthority('messages:send');
    expect(await codeOf(used.send('x', { appId: moderatedAppId }, { statement }))).toBe(1190126);
    expect(await codeOf(used.send('x', {}, { statement }))).toBe(0);
  });

  test('lets only an application server with a statement speak as the system', async () => {
    const from = { userId: '$system', userName: 'system' };
    const update = { ...{ appId, from, roomId: 'r' }, kind: 'attribute' as const, texts: [{ content: 'x' }] };
    const barrage = { ...{ appId, from, roomId: 'r' }, category: 'system' as const, content: 'x' };
    const codesWith = async (messages: object, updates: object) => [
      await codeOf(used.send('x', { from, category: 'system' }, messages)),
      await codeOf(used.client.request(messagingRpc.sendBarrage, barrage, messages)),
      await codeOf(used.client.request(messagingRpc.permitUpdate, update, updates)),
    ];
    expect(await codesWith({}, {})).toEqual([1190126, 1190126, 1190126]);
    const [messages, updates] = [
      await used.stateAuthority('messages:send'),
      await used.stateAuthority('rooms:write'),
    ];
    expect(await codesWith({ statement: messages }, { statement: updates })).toEqual([0, 0, 0]);
  });

  test('applies a changed limit at once, and refuses all messages if the limits cannot be read', async () => {
    expect(await codeOf(used.send('12345'))).toBe(0);
    await used.allow({ maxMessageBytes: 4 });
    // The event and the request arrive over different subscriptions, in any order.
    await waitFor(async () => (await codeOf(used.send('12345'))) === 1009002, {
      timeoutMs: 5000,
      describe: 'the new limit',
    });
    await used.silenceAuth();
    await used.allow({});
    await waitFor(async () => (await codeOf(used.send('1'))) === 1190201, {
      timeoutMs: 5000,
      describe: 'the refusal',
    });
    const before = used.published.length;
    expect(await codeOf(used.send('1'))).not.toBe(0);
    expect(await codeOf(used.send(''))).toBe(1009001);
    expect(used.published).toHaveLength(before);
  });
});
