import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { issue, type TokenOptions, withToken } from './support/client-tokens.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** What the tokens of clients grant, on a real cluster. */
let testCluster: SharedCluster;
const open: RawClient[] = [];
const inForceMs = 2000;
const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
});
afterAll(() => testCluster?.close());
afterEach(() => open.splice(0).forEach((client) => client.close()));

async function connect(gateway: 0 | 1 = 0): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

describe('a native token', () => {
  const noPublish = 1002082;

  async function loginWith(
    app: TestApp,
    roomId: string,
    userId: string,
    more: TokenOptions,
  ): Promise<RawClient> {
    const client = await connect();
    const token = await issue(app, userId, more);
    expect(await client.codeOf('room.login', withToken(app, roomId, userId, token))).toBe(0);
    return client;
  }

  async function produce(client: RawClient, streamId: string, roomId: string): Promise<void> {
    for (const [method, params] of [
      ['stream.publish', { streamId, channel: 0, roomId }],
      ['stream.produce', { streamId, kind: 'audio', rtpParameters: opus }],
    ] as const) {
      expect(await client.codeOf(method, params)).toBe(0);
    }
  }

  test('grants rooms by pattern, with a ceiling, and streams per room, for every way to publish', async () => {
    const app = await testCluster.createApp({ multiRoom: true, shareStream: true, maxDataStreams: 2 });
    const client = await loginWith(app, 'class-1', 'ann', {
      rooms: [
        { roomPattern: 'class-*', rights: ['login', 'media', 'share'], streams: ['ann-*'] },
        { roomId: 'hall', rights: ['login'] },
        { roomId: 'chat', rights: ['login', 'data'] },
      ],
      maxRooms: 3,
    });
    const more = await issue(app, 'ann', {
      rooms: [
        { roomPattern: 'class-*', rights: ['login', 'media', 'share'], streams: ['ann-*'] },
        { roomId: 'hall', rights: ['login'] },
        { roomId: 'chat', rights: ['login', 'data'] },
      ],
      maxRooms: 3,
    });
    const enter = (roomId: string) => client.codeOf('room.login', withToken(app, roomId, 'ann', more));
    expect(await enter('class')).toBe(1002033);
    expect(await enter('class-2')).toBe(0);
    expect(await enter('hall')).toBe(0);
    expect(await enter('class-3')).toBe(1002037);

    const publish = (streamId: string, roomId: string) =>
      client.codeOf('stream.publish', { streamId, channel: 1, roomId });
    expect(await publish('bob-camera', 'class-1')).toBe(noPublish);
    expect(await publish('ann-camera', 'hall')).toBe(noPublish);
    // Data needs a right of its own.
    expect(await client.codeOf('stream.publish', { streamId: 'ann-data', roomId: 'class-1' })).toBe(
      noPublish,
    );
    await produce(client, 'ann-camera', 'class-1');
    const share = (roomId: string) => client.codeOf('stream.share', { streamId: 'ann-camera', roomId });
    expect(await share('hall')).toBe(noPublish);
    expect(await share('class-1')).toBe(0);
    expect(await share('class-2')).toBe(0);
    expect(await client.codeOf('stream.play', { streamId: 'x', roomId: 'hall', rtpCapabilities: {} })).toBe(
      1004025,
    );

    // Another stream only: what is published ends, in all rooms, and no way leads back.
    const rooms = [
      { roomPattern: '*', rights: ['login' as const, 'publish' as const], streams: ['ann-board'] },
    ];
    const token = await issue(app, 'ann', { rooms, maxRooms: 3 });
    expect(await client.codeOf('room.renewToken', { roomId: 'class-1', token })).toBe(0);
    await waitFor(() => client.eventsOf('stream.stopped').length > 0, {
      timeoutMs: inForceMs,
      describe: 'the stream to stop',
    });
    expect(client.eventsOf('stream.stopped')).toEqual([{ streamId: 'ann-camera', code: noPublish }]);
    expect(await publish('ann-camera', 'hall')).toBe(noPublish);
    expect(await client.codeOf('stream.publish', { streamId: 'ann-board', channel: 0, roomId: 'hall' })).toBe(
      0,
    );
  });

  test('grants data without media, and media without share', async () => {
    const app = await testCluster.createApp({ multiRoom: true, maxDataStreams: 2 });
    const client = await loginWith(app, 'a', 'ann', {
      rooms: [{ roomPattern: '*', rights: ['login', 'data'] }],
    });
    expect(await client.codeOf('stream.publish', { streamId: 'd', roomId: 'a' })).toBe(0);
    expect(await client.codeOf('stream.publish', { streamId: 'm', channel: 0, roomId: 'a' })).toBe(noPublish);

    const rooms = [{ roomPattern: '*', rights: ['login' as const, 'media' as const] }];
    const other = await loginWith(app, 'a', 'bob', { rooms });
    const further = await issue(app, 'bob', { rooms });
    expect(await other.codeOf('room.login', withToken(app, 'b', 'bob', further))).toBe(0);
    await produce(other, 'bob-camera', 'a');
    expect(await other.codeOf('stream.share', { streamId: 'bob-camera', roomId: 'a' })).toBe(0);
    expect(await other.codeOf('stream.share', { streamId: 'bob-camera', roomId: 'b' })).toBe(1003025);
  });

  test('hides a member from lists, counts, facts and places', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const rooms = [{ roomId: 'r', rights: ['login' as const, 'hidden' as const, 'sendMessages' as const] }];
    const config = { isUserStatusNotify: true, maxMemberCount: 2 };
    const watcher = await connect();
    expect(await watcher.codeOf('room.login', loginParams(app, 'r', 'watcher', { config }))).toBe(0);
    const hidden = await loginWith(app, 'r', 'hidden', { rooms });
    const second = await connect(1);
    const login = await second.call('room.login', loginParams(app, 'r', 'second'));
    if (!('result' in login)) {
      throw new Error(`refused with ${login.code}`);
    }
    const { memberCount, members } = login.result.snapshot;
    expect([memberCount, members.map(({ userId }) => userId)]).toEqual([2, ['watcher']]);
    const listed = await watcher.call('room.listMembers', { roomId: 'r' });
    expect(listed).toMatchObject({
      result: { members: expect.not.arrayContaining([{ userId: 'hidden', userName: 'hidden name' }]) },
    });
    // The hidden member takes no place, and two visible ones fill the room.
    expect(await (await connect()).codeOf('room.login', loginParams(app, 'r', 'third'))).toBe(1002034);
    expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'hidden')).toEqual(['r']);
    // Leaves unnoticed; the numbers of the facts have no gap.
    expect(await hidden.codeOf('room.logout', {})).toBe(0);
    expect(await second.codeOf('room.logout', {})).toBe(0);
    await waitFor(() => watcher.eventsOf('room.userUpdate').length >= 2, { describe: 'the updates' });
    const updates = watcher.eventsOf('room.userUpdate') as { users: { userId: string }[] }[];
    expect(updates.flatMap(({ users }) => users.map(({ userId }) => userId))).toEqual(['second', 'second']);
    expect(watcher.eventsOf('room.gap')).toEqual([]);
    expect(watcher.eventsOf('room.onlineCount').every(({ count }) => Number(count) <= 2)).toBe(true);
  });

  test('a room with a hidden member only stays, and is deleted with its end', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const rooms = [{ roomId: 'alone', rights: ['login' as const, 'hidden' as const] }];
    const visible = await connect();
    expect(await visible.codeOf('room.login', loginParams(app, 'alone', 'visible'))).toBe(0);
    const hidden = await loginWith(app, 'alone', 'hidden', { rooms });
    expect(await visible.codeOf('room.logout', {})).toBe(0);
    const path = `/v1/apps/${app.appId}/rooms/alone`;
    expect(await testCluster.cluster.admin.send('GET', path)).toMatchObject({ memberCount: 0, members: [] });
    expect(await hidden.codeOf('room.logout', {})).toBe(0);
    await expect(testCluster.cluster.admin.send('GET', path)).rejects.toMatchObject({ code: 1002002 });
  });

  test('grants sending, reading and attributes apart', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const rights = (...more: ('attributes' | 'readMessages' | 'sendMessages')[]): TokenOptions => ({
      rooms: [{ roomId: 'r', rights: ['login', ...more] }],
    });
    const sender = await loginWith(app, 'r', 'sender', rights('sendMessages'));
    const reader = await loginWith(app, 'r', 'reader', rights('readMessages'));
    const keeper = await loginWith(app, 'r', 'keeper', rights('attributes'));
    const all = [sender, reader, keeper];
    const codes = async (method: string, params: object): Promise<number[]> =>
      Promise.all(all.map((client) => client.codeOf(method, params)));
    const denied = 1000039;
    const broadcast = { roomId: 'r', content: 'x', clientMessageId: 'm' };
    expect(await codes('message.broadcast', broadcast)).toEqual([0, denied, denied]);
    expect(await codes('message.barrage', { roomId: 'r', content: 'y' })).toEqual([0, denied, denied]);
    expect(
      await codes('message.command', { roomId: 'r', content: 'z', to: ['keeper'], clientMessageId: 'c' }),
    ).toEqual([0, denied, denied]);
    expect(
      await codes('message.transparent', {
        roomId: 'r',
        mode: 'clients',
        content: 'eA==',
        to: [],
        clientMessageId: 't',
      }),
    ).toEqual([0, denied, denied]);
    expect(await codes('message.history', { roomId: 'r', epoch: '', sinceSeq: 0 })).toEqual([
      denied,
      0,
      denied,
    ]);
    expect(await codes('room.setAttributes', { roomId: 'r', changes: [{ key: 'k', value: 'v' }] })).toEqual([
      denied,
      denied,
      0,
    ]);
    const received = (client: RawClient) =>
      client.events.filter(({ event }) => event.startsWith('message.')).map(({ event }) => event);
    const isComplete = () =>
      ['"x"', '"y"', '"eA=="'].every((text) => JSON.stringify(reader.events).includes(text));
    await waitFor(isComplete, { describe: 'the messages' });
    // A right that a renewed token adds is in force at once.
    const token = await issue(app, 'keeper', rights('readMessages'));
    expect(await keeper.codeOf('room.renewToken', { roomId: 'r', token })).toBe(0);
    expect(
      await sender.codeOf('message.broadcast', { ...broadcast, content: 'later', clientMessageId: 'n' }),
    ).toBe(0);
    await waitFor(() => JSON.stringify(keeper.events).includes('later'), { describe: 'the message' });
    // Messages arrive in order: those of before, one of them addressed to the keeper, would have come first.
    for (const content of ['"x"', '"y"', '"z"', '"eA=="']) {
      expect(JSON.stringify(keeper.events)).not.toContain(content);
    }
    expect(received(sender)).toEqual([]);
  });
});
