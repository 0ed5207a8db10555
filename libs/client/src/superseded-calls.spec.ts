import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ClientMethod, type ErrorName, type MediaSession } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { Client } from './index.js';

/** Calls that end an intent while the servers have not responded to the call that began it. */
const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  await Promise.all(['room1', 'room2'].map((roomId) => client.join(roomId, { user })));
});
afterEach(async () => {
  await client.close();
  await server.close();
});

/** Delays the responses to a method in room2; resolves once the first one is requested. */
function hold(method: ClientMethod): { requested: Promise<unknown>; release(): void } {
  const [requested, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server.replaced.set(method, async (call) => {
    if (call.params['roomId'] === 'room2') {
      requested.resolve();
      await released.promise;
    }
    return server.answer(call);
  });
  return { requested: requested.promise, release: released.resolve };
}

const roomsOfPlays = () =>
  server.calls
    .filter(({ method }) => method === 'stream.play' || method === 'stream.stopPlay')
    .map(({ method, params }) => `${method} ${String(params['roomId'])}`);

test('a stream that is stopped in a room while it starts there continues in the other room only', async () => {
  await client.subscribe('far', { roomId: 'room1' });
  const { release, requested } = hold('stream.play');
  const playing = client.subscribe('far', { roomId: 'room2' });
  await requested;
  const stopping = client.unsubscribe('far', 'room2');
  release();
  await expect(playing).rejects.toMatchObject({ errorName: 'PLAYER_STREAM_WAS_NOT_PLAYED' });
  await stopping;
  expect(client.dump().subscriptions).toMatchObject([{ streamId: 'far', roomIds: ['room1'] }]);
  expect(roomsOfPlays()).toEqual(['stream.play room1', 'stream.play room2', 'stream.stopPlay room2']);
});

test('a stream that is stopped and played again while it starts is bound again', async () => {
  await client.subscribe('far', { roomId: 'room1' });
  const { release, requested } = hold('stream.play');
  const first = client.subscribe('far', { roomId: 'room2' });
  await requested;
  const stopping = client.unsubscribe('far', 'room2');
  const second = client.subscribe('far', { roomId: 'room2' });
  release();
  await expect(first).rejects.toMatchObject({ errorName: 'PLAYER_STREAM_WAS_NOT_PLAYED' });
  await Promise.all([stopping, second]);
  expect(roomsOfPlays().slice(-2)).toEqual(['stream.stopPlay room2', 'stream.play room2']);
  expect(client.dump().subscriptions).toMatchObject([{ state: 'active', roomIds: ['room1', 'room2'] }]);
});

test('a failed call to play does not end the intent of a later one', async () => {
  let answers = 0;
  server.replaced.set('stream.play', (call) =>
    answers++ === 0 ? { error: 'BUS_TIMEOUT' } : server.answer(call),
  );
  const [first, second] = [1, 2].map(() => client.subscribe('far', { roomId: 'room1' }));
  await expect(first).rejects.toMatchObject({ errorName: 'BUS_TIMEOUT' });
  await second;
  expect(client.dump().subscriptions).toMatchObject([{ state: 'active', roomIds: ['room1'] }]);
});

test('if every call to play fails, the stream is not played', async () => {
  server.replaced.set('stream.play', () => ({ error: 'BUS_TIMEOUT' }));
  const calls = [1, 2].map(() => client.subscribe('far', { roomId: 'room1' }));
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({ errorName: 'BUS_TIMEOUT' });
  }
  expect(client.dump().subscriptions).toEqual([]);
});

test('a stream is not shown in a room that is left before the servers have shared it there', async () => {
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  const { release, requested } = hold('stream.share');
  const sharing = client.share('cam', 'room2');
  await requested;
  const leaving = client.leave('room2');
  release();
  await expect(sharing).rejects.toMatchObject({ details: { problem: 'stopped' } });
  await leaving;
  await waitFor(() => client.dump().publications[0]?.state === 'active', { describe: 'the stream' });
  expect(client.dump().publications).toMatchObject([{ streamId: 'cam', roomIds: ['room1'] }]);
});

test('a room that is entered again while the last other room is left stays in the session', async () => {
  const { release, requested } = hold('room.logout');
  const leaving = client.leave('room2');
  await requested;
  const joining = client.join('room2', { user });
  const pendingLogout = Promise.withResolvers<void>();
  // The servers enter room2 before they leave room1, so that the session continues.
  server.replaced.set('room.logout', async (call) => {
    await pendingLogout.promise;
    return server.answer(call);
  });
  const last = client.leave('room1');
  await waitFor(() => server.callsOf('room.logout').length === 2, { describe: 'the logout of room1' });
  release();
  await Promise.all([leaving, joining]);
  pendingLogout.resolve();
  await last;
  await client.publish('cam', { roomId: 'room2', media: newCamera() });
  expect(client.dump()).toMatchObject({
    rooms: [{ roomId: 'room2', state: 'joined' }],
    publications: [{ streamId: 'cam', state: 'active' }],
  });
});

test('a binding that ends before the response to the play request is not kept', async () => {
  let answers = 0;
  server.replaced.set('stream.play', (call) => {
    if (answers++ > 0) {
      return { error: 'PLAYER_PLAY_STREAM_NOT_EXIST' };
    }
    const roomIds: string[] = [];
    server.send('stream.playUpdate', { streamId: 'far', roomIds, closed: true, reason: 'unshared' });
    return server.answer(call);
  });
  const media = await client.subscribe('far', { roomId: 'room1' });
  expect(client.dump().subscriptions).toMatchObject([{ state: 'pending', trackIds: [] }]);
  expect(media.getTracks()).toEqual([]);
});

test.each<[string, () => Promise<unknown>]>([
  ['stream', () => client.subscribe('far', { roomId: 'room1' })],
  ['data stream', () => client.data.subscribe('far', 'room1')],
])(
  'a %s that is shown again before the end of its binding is reported is bound again',
  async (kind, play) => {
    await play();
    const streams = [
      { streamId: 'far', user: { userId: 'far', userName: 'far' }, extraInfo: '', kinds: ['video' as const] },
    ];
    for (const [index, update] of (['add', 'delete', 'add'] as const).entries()) {
      server.send('room.streamUpdate', {
        roomId: 'room1',
        roomEpoch: 'e',
        seq: 100 + index,
        update,
        streams,
      });
    }
    server.send('stream.playUpdate', { streamId: 'far', roomIds: [], closed: true, reason: 'unshared' });
    await waitFor(() => server.callsOf('stream.play').length === 2, { describe: 'the second play' });
    if (kind === 'stream') {
      await waitFor(() => client.dump().subscriptions[0]?.state === 'active', { describe: 'the stream' });
    }
  },
);

test.each<[string, () => Promise<unknown>]>([
  ['stream', () => client.subscribe('far', { roomId: 'room1' })],
  ['data stream', () => client.data.subscribe('far', 'room1')],
])('a call to play a %s without a response is stopped at the servers after the resume', async (_, play) => {
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    return { result: { rooms: [{ roomId: 'room1' }, { roomId: 'room2' }], lost: [], upstreams: [] } };
  });
  server.replaced.set('stream.play', () => {
    server.dropAll();
    return new Promise(() => {});
  });
  await expect(play()).rejects.toMatchObject({
    errorName: 'PROTOCOL_SOCKET_CLOSED',
  });
  expect(client.dump().subscriptions).toEqual([]);
  await waitFor(() => server.callsOf('stream.stopPlay').length > 0, { describe: 'the stop' });
  expect(server.callsOf('stream.stopPlay')).toEqual([{ streamId: 'far', roomId: 'room1' }]);
});

describe('a stream whose only room is left while it is being shared into another one', () => {
  const states: string[] = [];
  let sharing: Promise<void>;
  let answerWith: (answer: ErrorName | 'done') => void;

  beforeEach(async () => {
    states.length = 0;
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    client.on('publicationChanged', ({ state }) => states.push(state));
    const { promise: requested, resolve: note } = Promise.withResolvers<void>();
    const { promise: outcome, resolve } = Promise.withResolvers<ErrorName | 'done'>();
    answerWith = resolve;
    server.replaced.set('stream.share', async (call) => {
      server.replaced.delete('stream.share');
      note();
      const error = await outcome;
      return error === 'done' ? server.answer(call) : { error };
    });
    sharing = client.share('cam', 'room2');
    sharing.catch(() => undefined);
    await requested;
    await client.leave('room1');
  });

  test('continues there', async () => {
    answerWith('done');
    await sharing;
    expect(client.dump().publications).toMatchObject([{ state: 'active', roomIds: ['room2'] }]);
    expect(states).not.toContain('ended');
    expect(server.callsOf('stream.publish')).toHaveLength(1);
  });

  test('is published there again if the servers have ended it with its room', async () => {
    answerWith('PUBLISHER_PUBLISH_STREAM_FAILED');
    await sharing;
    expect(client.dump().publications).toMatchObject([{ state: 'active', roomIds: ['room2'] }]);
    expect(states).not.toContain('ended');
    expect(server.callsOf('stream.publish')).toMatchObject([{ roomId: 'room1' }, { roomId: 'room2' }]);
  });

  test('ends if the share is refused', async () => {
    answerWith('ROOM_ROOMID_INCORRECT');
    await expect(sharing).rejects.toMatchObject({ errorName: 'ROOM_ROOMID_INCORRECT' });
    expect(client.dump().publications).toEqual([]);
    await waitFor(() => server.callsOf('stream.stopPublish').length === 1, { describe: 'the end' });
    expect(states.at(-1)).toBe('ended');
  });
});

describe('a share that is called while the stream is being removed from its only room', () => {
  let released: PromiseWithResolvers<void>;
  let removing: Promise<void>;

  beforeEach(async () => {
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    released = Promise.withResolvers();
    const requested = Promise.withResolvers<void>();
    server.replaced.set('stream.unshare', async (call) => {
      requested.resolve();
      await released.promise;
      return server.answer(call);
    });
    removing = client.unshare('cam', 'room1');
    await requested.promise;
  });

  test.each(['room1', 'room2'])('publishes it again in %s', async (roomId) => {
    server.replaced.set('stream.share', () => {
      server.replaced.delete('stream.share');
      return { error: 'PUBLISHER_PUBLISH_STREAM_FAILED' };
    });
    const sharing = client.share('cam', roomId);
    released.resolve();
    await Promise.all([removing, sharing]);
    expect(client.dump().publications).toMatchObject([{ state: 'active', roomIds: [roomId] }]);
    expect(server.callsOf('stream.publish')).toMatchObject([{ roomId: 'room1' }, { roomId }]);
  });

  test('ends it if it is refused', async () => {
    server.replaced.set('stream.share', () => ({ error: 'ROOM_ROOMID_INCORRECT' }));
    const sharing = client.share('cam', 'room1');
    released.resolve();
    await expect(sharing).rejects.toMatchObject({ errorName: 'ROOM_ROOMID_INCORRECT' });
    await removing;
    expect(client.dump().publications).toEqual([]);
    await waitFor(() => server.callsOf('stream.stopPublish').length === 1, { describe: 'the end' });
  });
});

describe('a stream whose only room is left while it starts there, with shares into other rooms pending', () => {
  const states: string[] = [];
  let calls: Promise<unknown>[];

  beforeEach(async () => {
    await client.join('room3', { user });
    states.length = 0;
    client.on('publicationChanged', ({ state }) => states.push(state));
    let isPublished = false;
    server.replaced.set('stream.publish', (call) => {
      isPublished = true;
      return server.answer(call);
    });
    server.replaced.set('stream.stopPublish', (call) => {
      isPublished = false;
      return server.answer(call);
    });
    server.replaced.set('stream.share', (call) =>
      isPublished ? server.answer(call) : { error: 'PUBLISHER_PUBLISH_STREAM_FAILED' },
    );
  });

  function start(): void {
    calls = [
      client.publish('cam', { roomId: 'room1', media: newCamera() }),
      ...['room2', 'room3'].map((roomId) => client.share('cam', roomId)),
    ];
    void Promise.allSettled(calls);
  }

  /** Answers a method for the first time when the room is left. */
  async function leaveDuring(method: ClientMethod, answer?: ErrorName): Promise<void> {
    const [requested, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const later = server.replaced.get(method) ?? ((call) => server.answer(call));
    server.replaced.set(method, async (call) => {
      server.replaced.set(method, later);
      requested.resolve();
      await left.promise;
      return answer === undefined ? later(call) : { error: answer };
    });
    start();
    await requested.promise;
    await client.leave('room1');
    left.resolve();
  }

  async function expectShown(): Promise<void> {
    await Promise.all(calls);
    expect(client.dump().publications).toMatchObject([{ state: 'active', roomIds: ['room2', 'room3'] }]);
    expect(states).not.toContain('ended');
    expect(server.callsOf('stream.publish').at(-1)).toMatchObject({ roomId: 'room2' });
  }

  test('starts in the first of them if it was not requested yet', async () => {
    start();
    await client.leave('room1');
    await expectShown();
  });

  test.each<[ClientMethod, ErrorName | undefined]>([
    ['stream.publish', 'ROOM_ROOMID_INCORRECT'],
    ['stream.publish', undefined],
    ['stream.produce', 'PUBLISHER_PUBLISH_STREAM_FAILED'],
    ['stream.produce', undefined],
    ['stream.share', 'ROOM_ROOMID_INCORRECT'],
    ['stream.share', undefined],
  ])('starts in the first of them if %s is answered with %s', async (method, answer) => {
    await leaveDuring(method, answer);
    await expectShown();
  });

  test('starts in the second of them if the first is refused', async () => {
    const share = server.replaced.get('stream.share')!;
    server.replaced.set('stream.share', (call) => {
      const answer = share(call);
      return 'result' in answer && call.params['roomId'] === 'room2'
        ? { error: 'ROOM_ROOMID_INCORRECT' }
        : answer;
    });
    await leaveDuring('stream.publish');
    const [publishing, refused, sharing] = calls;
    await expect(refused).rejects.toMatchObject({ errorName: 'ROOM_ROOMID_INCORRECT' });
    await Promise.all([publishing, sharing]);
    expect(client.dump().publications).toMatchObject([{ state: 'active', roomIds: ['room3'] }]);
  });

  test('ends if they are left too', async () => {
    start();
    await client.leave();
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ name: 'PolyroomError' });
    }
    expect(client.dump().publications).toEqual([]);
    expect(states.at(-1)).toBe('ended');
  });
});

test('a stream that is published right after the last room was left waits for the media of the next session', async () => {
  await client.leave('room2');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let transportId: string | undefined;
  server.replaced.set('room.login', async (call) => {
    await released;
    const answer = server.answer(call) as { result: { media: MediaSession } };
    transportId = answer.result.media.send.id;
    return answer;
  });
  const leaving = client.leave('room1');
  const joining = client.join('room2', { user });
  const publishing = client.publish('cam', { roomId: 'room2', media: newCamera() });
  const playing = client.subscribe('far', { roomId: 'room2' });
  await leaving;
  release();
  await Promise.all([joining, publishing, playing]);
  expect(server.callsOf('stream.produce')).toMatchObject([{ transportId }, { transportId }]);
});

test('a share that waits for the start of its stream fails as the start does if the connection is lost', async () => {
  server.replaced.set('stream.publish', (call) => {
    server.dropAll();
    return server.answer(call);
  });
  const publishing = client.publish('cam', { roomId: 'room1', media: newCamera() });
  const sharing = client.share('cam', 'room2');
  await expect(publishing).rejects.toMatchObject({ errorName: 'PROTOCOL_SOCKET_CLOSED' });
  await expect(sharing).rejects.toMatchObject({ errorName: 'PROTOCOL_SOCKET_CLOSED' });
});
