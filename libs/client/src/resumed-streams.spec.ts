import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { errorRegistry, type MediaSession } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { Client } from './index.js';

/** A resumed session keeps its media, but its servers may have ended single streams meanwhile. */
const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

/** Serves media and data; returns the IDs of the published streams. Others cannot be shared. */
function serveStreams(): Set<unknown> {
  const published = new Set<unknown>();
  server.replaced.set('room.login', (call) => {
    const answer = server.answer(call) as { result: { media?: MediaSession } };
    if (answer.result.media !== undefined) {
      answer.result.media.send.sctpParameters = { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 262144 };
    }
    return answer;
  });
  server.replaced.set('stream.publish', ({ params }) => {
    published.add(params['streamId']);
    return { result: {} };
  });
  server.replaced.set('stream.produceData', () => ({
    result: { dataProducerId: 'd', maxMessageBytes: 4096, messagesPerSecond: 60 },
  }));
  server.replaced.set('stream.share', (call) =>
    published.has(call.params['streamId'])
      ? server.answer(call)
      : { error: 'PUBLISHER_PUBLISH_STREAM_FAILED' },
  );
  return published;
}

test('publishes again what the servers ended with a lost room, and nothing else', async () => {
  const published = serveStreams();
  await client.join('room1', { user });
  await client.join('room2', { user });
  await client.publish('kept', { roomId: 'room2', media: newCamera() });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await client.data.publish('facts', 'room1');
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    server.roomsOf(socket).delete('room1');
    published.delete('cam');
    published.delete('facts');
    const lost = [{ roomId: 'room1', code: errorRegistry.ROOM_SESSION_EXCEPTION_KICKED_OUT.code }];
    const upstreams = [{ streamId: 'kept', channel: 0, roomIds: ['room2'] }];
    return { result: { rooms: [{ roomId: 'room2' }], lost, upstreams } };
  });
  server.calls.length = 0;
  server.dropAll();
  const streamIds = (method: 'stream.publish' | 'stream.share'): unknown[] =>
    server
      .callsOf(method)
      .map(({ streamId }) => streamId)
      .sort();
  await waitFor(() => streamIds('stream.share').length === 3, {
    timeoutMs: 15_000,
    describe: 'the streams to return',
  });
  expect(streamIds('stream.share')).toEqual(['cam', 'facts', 'kept']);
  expect(streamIds('stream.publish')).toEqual(['cam', 'facts']);
  await waitFor(() => client.dump().publications.every(({ state }) => state === 'active'), {
    describe: 'the streams to be sent',
  });
  client.data.send('facts', 'room1', new Uint8Array(1));
});

test('ends what an operator stopped during the outage, and does not publish it again', async () => {
  serveStreams();
  const ended: unknown[] = [];
  client.on('publicationChanged', ({ error, roomIds, state, streamId }) => {
    if (state === 'ended') {
      ended.push({ streamId, roomIds, errorName: error?.errorName });
    }
  });
  await client.join('room1', { user });
  await client.join('room2', { user });
  await client.publish('kept', { roomId: 'room1', media: newCamera() });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await client.share('cam', 'room2');
  await client.data.publish('facts', 'room1');
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    server.roomsOf(socket).delete('room2');
    const lost = [{ roomId: 'room2', code: errorRegistry.ROOM_SESSION_EXCEPTION_KICKED_OUT.code }];
    const upstreams = [{ streamId: 'kept', channel: 0, roomIds: ['room1'] }];
    return { result: { rooms: [{ roomId: 'room1' }], lost, upstreams } };
  });
  server.calls.length = 0;
  server.dropAll();
  const isBack = (): boolean =>
    client.dump().rooms.every(({ state }) => state === 'joined') &&
    client.dump().publications.every(({ state }) => state === 'active');
  await waitFor(() => server.callsOf('session.resume').length > 0 && isBack(), {
    timeoutMs: 15_000,
    describe: 'the session to return',
  });
  const errorName = 'PUBLISHER_SERVER_FORBID';
  expect(ended).toEqual([
    { streamId: 'cam', roomIds: ['room1', 'room2'], errorName },
    { streamId: 'facts', roomIds: ['room1'], errorName },
  ]);
  expect(server.callsOf('stream.publish')).toEqual([]);
});

test('publishes a stream again whose return to a room a second outage interrupted', async () => {
  serveStreams();
  await client.join('room1', { user });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  server.replaced.set('stream.share', () => {
    server.replaced.delete('stream.share');
    server.replaced.set('session.resume', ({ socket }) => {
      server.adopt(socket, 'se_2');
      return { result: { rooms: [{ roomId: 'room1' }], lost: [], upstreams: [] } };
    });
    server.calls.length = 0;
    server.dropAll();
    return new Promise(() => {});
  });
  // The session is lost: the room is entered in another one, which has published the stream but not shared it.
  server.dropAll();
  await waitFor(() => server.callsOf('session.resume').length > 0, {
    timeoutMs: 15_000,
    describe: 'the resume of the second session',
  });
  await waitFor(() => client.dump().publications[0]?.state === 'active', { describe: 'the stream' });
  expect(server.callsOf('stream.publish')).toMatchObject([{ streamId: 'cam' }]);
});

test.each([
  ['another room of the user', ['room1']],
  ['one of the rooms for which it is played', ['room1', 'room2']],
])('a played stream continues although %s no longer shows it after the outage', async (_, roomIds) => {
  await client.join('room1', { user });
  await client.join('room2', { user });
  const [shown] = server.snapshotOf('room1').streams;
  server.send('room.streamUpdate', {
    ...{ roomId: 'room2', roomEpoch: 'epoch', seq: 11, update: 'add' },
    streams: [shown!],
  });
  for (const roomId of roomIds) {
    await client.subscribe('cam-room1', { roomId });
  }
  const { trackIds } = client.dump().subscriptions[0]!;
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    const rooms = [
      { roomId: 'room1' },
      { roomId: 'room2', snapshot: { ...server.snapshotOf('room2'), seq: 12 } },
    ];
    return { result: { rooms, lost: [], upstreams: [] } };
  });
  server.calls.length = 0;
  server.dropAll();
  await waitFor(() => server.callsOf('stream.play').length > 0, {
    timeoutMs: 15_000,
    describe: 'the stream to return',
  });
  await waitFor(() => client.dump().subscriptions[0]?.state === 'active', { describe: 'the stream' });
  expect(client.dump().subscriptions).toMatchObject([{ trackIds }]);
  expect(trackIds).toHaveLength(2);
});

test.each<[string, () => Promise<unknown>, 'stream.produce' | 'stream.produceData']>([
  ['stream', () => client.publish('cam', { roomId: 'room1', media: newCamera() }), 'stream.produce'],
  ['data stream', () => client.data.publish('cam', 'room1'), 'stream.produceData'],
])('stops a %s at the servers whose room is left while it returns', async (_, publish, method) => {
  serveStreams();
  await client.join('room1', { user });
  await client.join('room2', { user });
  await publish();
  const produce = server.replaced.get(method) ?? ((call) => server.answer(call));
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  server.replaced.set(method, async (call) => {
    await released;
    return produce(call);
  });
  server.calls.length = 0;
  // The session is lost: the stream is published again in another one.
  server.dropAll();
  await waitFor(() => server.callsOf(method).length > 0, {
    timeoutMs: 15_000,
    describe: 'the stream to return',
  });
  await client.leave('room1');
  release();
  await waitFor(() => server.callsOf('stream.stopPublish').length > 0, { describe: 'the end' });
  expect(server.callsOf('stream.stopPublish')).toEqual([{ streamId: 'cam' }]);
  expect(server.callsOf('stream.share')).toEqual([]);
});

test('stops a stream at the servers whose room is left before its share is tried again', async () => {
  serveStreams();
  await client.join('room1', { user });
  await client.join('room2', { user });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  server.replaced.set('stream.share', () => ({ error: 'BUS_TIMEOUT' }));
  server.calls.length = 0;
  server.dropAll();
  await waitFor(() => server.callsOf('stream.share').length > 0, {
    timeoutMs: 15_000,
    describe: 'the share',
  });
  await client.leave('room1');
  await waitFor(() => server.callsOf('stream.stopPublish').length > 0, { describe: 'the end' });
});

test('does not share a stream into a room that is left and entered again while it returns', async () => {
  serveStreams();
  for (const roomId of ['room1', 'room2']) {
    await client.join(roomId, { user });
  }
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await client.share('cam', 'room2');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  server.replaced.set('stream.produce', async (call) => {
    await released;
    return server.answer(call);
  });
  server.calls.length = 0;
  server.dropAll();
  await waitFor(() => server.callsOf('stream.publish').length > 0, {
    timeoutMs: 15_000,
    describe: 'the stream to return',
  });
  // The room that the stream returns to first.
  const [{ roomId } = {}] = server.callsOf('stream.publish');
  await client.leave(String(roomId));
  await client.join(String(roomId), { user });
  release();
  await waitFor(() => client.dump().publications[0]?.state === 'active', { describe: 'the stream' });
  const others = ['room1', 'room2'].filter((other) => other !== roomId);
  expect(server.callsOf('stream.share').map((call) => call['roomId'])).toEqual(others);
  expect(client.dump().publications).toMatchObject([{ roomIds: others }]);
});

test('a stream that returns is not active before a room shows it, if another was left during its share', async () => {
  serveStreams();
  for (const roomId of ['room1', 'room2']) {
    await client.join(roomId, { user });
  }
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await client.share('cam', 'room2');
  const states: unknown[] = [];
  server.calls.length = 0;
  server.replaced.set('stream.share', async (call) => {
    if (server.callsOf('stream.share').length === 1) {
      await client.leave(String(call.params['roomId']));
    } else {
      states.push(client.dump().publications[0]?.state);
    }
    return server.answer(call);
  });
  server.dropAll();
  await waitFor(() => states.length > 0, { timeoutMs: 15_000, describe: 'the second share' });
  expect(states).toEqual(['pending']);
  await waitFor(() => client.dump().publications[0]?.state === 'active', { describe: 'the stream' });
});

test.each<[string, (roomId: string) => Promise<unknown>, (roomId: string) => Promise<unknown>]>([
  [
    'stream',
    (roomId) => client.publish('cam', { roomId, media: newCamera() }),
    (roomId) => client.share('cam', roomId),
  ],
  [
    'data stream',
    (roomId) => client.data.publish('cam', roomId),
    (roomId) => client.data.publish('cam', roomId),
  ],
])(
  'a %s stays in its other rooms if one is left during the last attempt to return',
  async (_, publish, share) => {
    const attempts = 6;
    serveStreams();
    for (const roomId of ['room1', 'room2', 'room3']) {
      await client.join(roomId, { user });
    }
    await publish('room1');
    await share('room2');
    server.calls.length = 0;
    const left = Promise.withResolvers<void>();
    server.replaced.set('stream.share', async (call) => {
      if (call.params['roomId'] !== 'room1') {
        return server.answer(call);
      }
      if (server.callsOf('stream.share').filter(({ roomId }) => roomId === 'room1').length === attempts) {
        await client.leave('room1');
        left.resolve();
      }
      return { error: 'BUS_TIMEOUT' };
    });
    server.dropAll();
    await left.promise;
    await share('room3');
    expect(server.callsOf('stream.stopPublish')).toEqual([]);
  },
);
