import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AppError,
  type ErrorName,
  type Grants,
  roomAdminRpc,
  sessionAdminRpc,
  type SessionRef,
} from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
import { type TestClient } from '../../test/test-client.js';

const { endStream, findSession, findStreamSession, setStreamShare, transferSession } = sessionAdminRpc;
const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

let world: SessionWorld;
let gateway: TestGateway;
let count = 0;

beforeAll(async () => {
  world = await SessionWorld.start();
});
beforeEach(async () => {
  gateway = await world.addGateway();
  count += 1;
  await world.addNode(`nd_t${count}`);
  await world.ready();
});
afterEach(() => world.clear());
afterAll(() => world?.close());

/** A user of its own for each test: the rooms of one do not outlast it, but its name is in no other. */
async function login(name: string, roomIds: string[], credentials?: { token: string }): Promise<TestClient> {
  return (await world.login(gateway, `${name}${count}`, roomIds, credentials)).client;
}

async function publish(client: TestClient, streamId: string, roomIds: string[]): Promise<void> {
  const channel = client.session.upstreams.length;
  await client.call('stream.publish', { streamId, channel, roomId: roomIds[0] ?? roomsOf(client)[0]! });
  await client.call('stream.produce', { streamId, kind: 'audio', rtpParameters });
  for (const roomId of roomIds) {
    await client.call('stream.share', { streamId, roomId, extraInfo: `extra of ${streamId}` });
  }
}

const transfer = (
  client: TestClient,
  fromRoomId: string,
  toRoomId: string,
  leaves: boolean,
  sharesStreams = true,
) =>
  world.manageSession(gateway, transferSession, {
    ...{ session: client.session.ref, fromRoomId, toRoomId, leaves, sharesStreams },
  });
const move = (client: TestClient, from: string, to: string) => transfer(client, from, to, true);
const copy = (client: TestClient, from: string, to: string) => transfer(client, from, to, false);

const setShare = (client: TestClient, streamId: string, roomId: string, shared: boolean) =>
  world.manageSession(gateway, setStreamShare, { session: client.session.ref, streamId, roomId, shared });

const roomsOf = (client: TestClient): string[] => client.session.memberships.map(({ roomId }) => roomId);
const shownIn = (client: TestClient, streamId: string): string[] =>
  [...(client.session.findUpstream(streamId)?.roomIds ?? [])].sort();

async function expectRefusal(request: Promise<unknown>, name: ErrorName): Promise<void> {
  await expect(request).rejects.toMatchObject({ code: new AppError(name).code });
}

describe('a move', () => {
  test('takes the user and its streams to the new room; producers and other rooms continue', async () => {
    const ada = await login('ada', ['a', 'keep']);
    const viewer = await login('viewer', ['b']);
    await publish(ada, `only-a${count}`, ['a']);
    await publish(ada, `both${count}`, ['a', 'keep']);
    await ada.call('stream.mute', { streamId: `both${count}`, kind: 'audio', muted: true, roomId: 'a' });
    const reply = await move(ada, 'a', 'b');
    expect(reply).toEqual({ roomIds: ['keep', 'b'], streamIds: [`only-a${count}`, `both${count}`] });
    expect(shownIn(ada, `only-a${count}`)).toEqual(['b']);
    expect(shownIn(ada, `both${count}`)).toEqual(['b', 'keep']);
    expect(world.nodes.get(`nd_t${count}`)!.count('closeUpstream')).toBe(0);
    // What the publisher muted in the former room stays muted in the new one.
    expect(ada.session.getUpstream(`both${count}`).isMutedIn('b', 'audio')).toBe(true);
    expect(ada.session.getUpstream(`only-a${count}`).isMutedIn('b', 'audio')).toBe(false);
    expect(ada.eventsOf('room.entered')).toMatchObject([
      { roomId: 'b', fromRoomId: 'a', left: true, snapshot: { members: [{ userId: `viewer${count}` }] } },
    ]);
    expect(ada.eventsOf('stream.stopped')).toEqual([]);
    const { streams } = await viewer.call('room.getSnapshot', { roomId: 'b' });
    expect(streams.map(({ extraInfo }) => extraInfo).sort()).toEqual([
      `extra of both${count}`,
      `extra of only-a${count}`,
    ]);
  });

  test('takes along a stream that the former room shows only once the move has begun', async () => {
    const ada = await login('ada', ['a']);
    const viewer = await login('viewer', ['b']);
    const streamId = `late${count}`;
    await publish(ada, streamId, []);
    // The move waits for this.
    const left = Promise.withResolvers<void>();
    void ada.session.runForRoom('a', () => left.promise);
    const moving = move(ada, 'a', 'b');
    await waitFor(() => ada.session.hasPendingLogins, { timeoutMs: 10_000, describe: 'the move to begin' });
    await ada.call('stream.share', { streamId, roomId: 'a' });
    left.resolve();
    expect((await moving).streamIds).toEqual([streamId]);
    expect(shownIn(ada, streamId)).toEqual(['b']);
    const { streams } = await viewer.call('room.getSnapshot', { roomId: 'b' });
    expect(streams.map((stream) => stream.streamId)).toContain(streamId);
    expect(ada.eventsOf('stream.stopped')).toEqual([]);
  });

  test('without the streams ends those that only the former room shows', async () => {
    const ada = await login('ada', ['a', 'keep']);
    await publish(ada, `only-a${count}`, ['a']);
    await publish(ada, `both${count}`, ['a', 'keep']);
    const reply = await transfer(ada, 'a', 'b', true, false);
    expect(reply).toEqual({ roomIds: ['keep', 'b'], streamIds: [] });
    expect(ada.session.upstreams.map(({ streamId }) => streamId)).toEqual([`both${count}`]);
    expect(ada.eventsOf('stream.stopped')).toEqual([{ streamId: `only-a${count}`, code: 1003025 }]);
  });

  test('works at the room limit and in single-room mode', async () => {
    world.entitlements = { maxRoomsPerUser: 2 };
    const ada = await login('ada', ['a', 'c']);
    expect((await move(ada, 'a', 'b')).roomIds).toEqual(['c', 'b']);
    // The room service may know the former limit for a second.
    const { code } = new AppError('ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT');
    await waitFor(
      () =>
        copy(ada, 'b', `d${Math.random()}`).then(
          () => false,
          (error: unknown) => (error as AppError).code === code,
        ),
      { timeoutMs: 10_000, intervalMs: 500, describe: 'the limit' },
    );
    const single = gateway.connect();
    const user = { userId: `single${count}`, userName: 's' };
    await single.call('room.login', { appId, mode: 'single', roomId: 'a', user, token: 'any' });
    expect((await move(single, 'a', 'b')).roomIds).toEqual(['b']);
    await expectRefusal(copy(single, 'b', 'c'), 'ROOM_COUNT_EXCEED');
  });

  test.each<[string, ErrorName, (userId: string, roomId: string) => Promise<unknown>]>([
    [
      'a ban of the user in the new room',
      'ROOM_USER_IN_BLACKLIST',
      (userId, roomId) => world.manage(roomAdminRpc.setBan, { appId, roomId, userId, forMs: 60_000 }),
    ],
    [
      'a full room',
      'ROOM_EXCEED_MAXIMUM_MEMBER',
      async (_userId, roomId) => {
        await world.manage(roomAdminRpc.createRoom, { appId, roomId, maxMemberCount: 1, keepMs: 0 });
        await login('first', [roomId]);
      },
    ],
  ])('refused because of %s changes nothing', async (_why, name, prepare) => {
    const ada = await login('ada', ['a']);
    await publish(ada, `s${count}`, ['a']);
    // Sessions of a test outlast it, for their grace.
    const roomId = `refusing${count}`;
    await prepare(`ada${count}`, roomId);
    await expectRefusal(move(ada, 'a', roomId), name);
    expect(roomsOf(ada)).toEqual(['a']);
    expect(shownIn(ada, `s${count}`)).toEqual(['a']);
    expect(ada.events.map(({ event }) => event).filter((event) => event !== 'message.position')).toEqual([]);
  });

  test('is refused with 1002036 once the AppID has no multi-room mode any more', async () => {
    const ada = await login('ada', ['a']);
    world.entitlements = { multiRoom: false };
    const { code } = new AppError('ROOM_LOGIN_MULTI_ROOM_NOT_OPEN');
    let next = 0;
    await waitFor(
      async () => {
        next += 1;
        const [roomId] = roomsOf(ada);
        return move(ada, roomId!, `b${next}`).then(
          () => false,
          (error: unknown) => (error as AppError).code === code,
        );
      },
      { timeoutMs: 10_000, describe: 'the entitlement to apply' },
    );
    expect(roomsOf(ada)).toHaveLength(1);
  });

  test('is refused from a room without the user, and into the same room', async () => {
    const ada = await login('ada', ['a', 'b']);
    await expectRefusal(move(ada, 'x', 'c'), 'ROOM_ROOMID_INCORRECT');
    await expectRefusal(move(ada, 'a', 'b'), 'ROOM_ROOM_ID_HAS_BEEN_USED');
    await expectRefusal(move(ada, 'a', 'a'), 'ROOM_ROOM_ID_HAS_BEEN_USED');
    expect(roomsOf(ada)).toEqual(['a', 'b']);
  });

  test('gives the rights of the former room, and no others', async () => {
    const grants: Grants = {
      issuedAtMs: 1000,
      rooms: [
        { roomId: 'a', rights: ['login', 'publish'], streams: ['mine*'] },
        { roomId: 'c', rights: ['login', 'message'] },
      ],
    };
    world.grantsByToken.set('narrow', grants);
    const ada = await login('ada', ['a'], { token: 'narrow' });
    await move(ada, 'a', 'b');
    await publish(ada, `mine${count}`, ['b']);
    const refused = { streamId: 'other', channel: 1, roomId: 'b' };
    expect(await ada.codeOf('stream.publish', refused)).toBe(new AppError('ROOM_NO_PUBLISH_AUTH').code);
    expect(await ada.codeOf('message.broadcast', { roomId: 'b', text: 'x' } as never)).not.toBe(0);
    await expectRefusal(copy(ada, 'b', 'd'), 'PUBLISHER_SERVER_FORBID');
    expect(roomsOf(ada)).toEqual(['b']);
  });
});

describe('a copy', () => {
  test('shows the streams in the new room, too', async () => {
    const ada = await login('ada', ['a']);
    await publish(ada, `s${count}`, ['a']);
    expect(await copy(ada, 'a', 'c')).toEqual({ roomIds: ['a', 'c'], streamIds: [`s${count}`] });
    expect(shownIn(ada, `s${count}`)).toEqual(['a', 'c']);
    expect(ada.eventsOf('room.entered')).toMatchObject([{ roomId: 'c', fromRoomId: 'a', left: false }]);
  });

  test('is refused with 1003025 if the AppID may not share streams, and changes nothing', async () => {
    world.entitlements = { shareStream: false };
    const ada = await login('ada', ['a']);
    await publish(ada, `s${count}`, ['a']);
    await expectRefusal(copy(ada, 'a', 'c'), 'PUBLISHER_SERVER_FORBID');
    expect(roomsOf(ada)).toEqual(['a']);
  });
});

describe('sharing a stream', () => {
  test('shows it in a further room of the user and hides it; its client gets the events', async () => {
    const ada = await login('ada', ['a', 'b']);
    const streamId = `s${count}`;
    await publish(ada, streamId, ['a']);
    expect(await setShare(ada, streamId, 'b', true)).toEqual({ roomIds: expect.arrayContaining(['a', 'b']) });
    await setShare(ada, streamId, 'b', true);
    expect(ada.eventsOf('stream.shared')).toEqual([{ streamId, roomId: 'b', mutedKinds: [] }]);
    expect(await setShare(ada, streamId, 'a', false)).toEqual({ roomIds: ['b'] });
    expect(ada.eventsOf('stream.unshared')).toEqual([{ streamId, roomId: 'a', code: 1003025 }]);
    expect(await setShare(ada, streamId, 'b', false)).toEqual({ roomIds: [] });
    expect(ada.eventsOf('stream.stopped')).toEqual([{ streamId, code: 1003025 }]);
    await expectRefusal(setShare(ada, streamId, 'a', true), 'PUBLISHER_PUBLISH_STREAM_FAILED');
  });

  test('is refused in a room without the user', async () => {
    const ada = await login('ada', ['a']);
    await publish(ada, `s${count}`, ['a']);
    await expectRefusal(setShare(ada, `s${count}`, 'x', true), 'ROOM_ROOMID_INCORRECT');
  });
});

test.each<[string, (ref: SessionRef) => SessionRef]>([
  ['AppID', (ref) => ({ ...ref, appId: appId + 1 })],
  ['user', (ref) => ({ ...ref, userId: `not-${ref.userId}` })],
])('a request that names another %s does not reach the session', async (_what, toOther) => {
  const ada = await login('ada', ['a', 'b']);
  const streamId = `s${count}`;
  await publish(ada, streamId, ['a']);
  const session = toOther(ada.session.ref);
  const share = { session, streamId, roomId: 'b', shared: true };
  await expectRefusal(world.manageSession(gateway, setStreamShare, share), 'SESSION_NOT_CONNECTED');
  const moving = { session, fromRoomId: 'a', toRoomId: 'c', leaves: true, sharesStreams: true };
  await expectRefusal(world.manageSession(gateway, transferSession, moving), 'SESSION_NOT_CONNECTED');
  await world.manageSession(gateway, endStream, { session, streamId });
  expect(roomsOf(ada)).toEqual(['a', 'b']);
  expect(shownIn(ada, streamId)).toEqual(['a']);
});

test('finds the process that holds a session, until its connection is lost', async () => {
  const ada = await login('ada', ['a', 'b']);
  await publish(ada, `s${count}`, ['a']);
  const { gatewayId } = gateway;
  const session = ada.session.ref;
  const { userId } = session;
  expect(await world.manage(findSession, { appId, userId })).toEqual({ session, gatewayId, roomId: 'a' });
  expect(await world.manage(findSession, { appId, userId, roomId: 'b' })).toMatchObject({ roomId: 'b' });
  expect(await world.manage(findStreamSession, { appId, streamId: `s${count}` })).toEqual({
    session,
    gatewayId,
  });
  await expectRefusal(world.manage(findSession, { appId, userId, roomId: 'x' }), 'ROOM_ROOMID_INCORRECT');
  await expectRefusal(
    world.manage(findStreamSession, { appId, streamId: 'none' }),
    'PUBLISHER_PUBLISH_STREAM_FAILED',
  );
  await ada.drop();
  await expectRefusal(world.manage(findSession, { appId, userId }), 'SESSION_NOT_CONNECTED');
});
