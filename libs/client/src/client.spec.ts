import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type MediaSession } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { Client, type ClientOptions, PolyroomError, type RoomChange } from './index.js';

const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;
let changes: RoomChange[];

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  open();
});
afterEach(async () => {
  await client.close();
  await server.close();
});

function open(options: Partial<ClientOptions> = {}): void {
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory, ...options });
  changes = [];
  client.on('roomStateChanged', ({ change }) => changes.push(change));
}

const tokens = (): unknown[] => server.callsOf('room.login').map(({ token }) => token);

describe('events', () => {
  test('on and once return a function that removes the listener', async () => {
    const calls: string[] = [];
    const remove = client.on('roomStateChanged', ({ change }) => calls.push(`on ${change}`));
    client.once('roomStateChanged', ({ change }) => calls.push(`once ${change}`));
    client.once('roomStateChanged', ({ change }) => calls.push(`removed ${change}`))();
    await client.join('room1', { user });
    remove();
    await client.leave('room1');
    expect(calls).toEqual(['on joining', 'once joining', 'on joined']);
  });

  test('off without a listener keeps what the client itself needs', async () => {
    await client.join('room1', { user });
    client.off('streamsAdded');
    server.replaced.set('stream.play', () => ({ error: 'PLAYER_PLAY_STREAM_NOT_EXIST' }));
    await client.subscribe('later', { roomId: 'room1' });
    server.replaced.delete('stream.play');
    const stream = { ...server.snapshotOf('room1').streams[0]!, streamId: 'later' };
    server.send('room.streamUpdate', {
      roomId: 'room1',
      roomEpoch: 'epoch',
      seq: 11,
      update: 'add',
      streams: [stream],
    });
    await waitFor(() => client.dump().subscriptions[0]?.state === 'active', { describe: 'the stream' });
  });
});

test('events of all kinds of messages have the ID that a deletion names', async () => {
  const received: unknown[] = [];
  await client.join('room1', { user });
  client.on('messagesReceived', ({ messages }) => received.push(messages.map(({ messageId }) => messageId)));
  client.on('commandReceived', (info) => received.push(info));
  client.on('bytesReceived', (info) => received.push(info));
  client.on('messageDeleted', (info) => received.push(info));
  const from = { userId: 'other', userName: 'Other' };
  const message = { sentAtMs: 1, category: 'chat', from, content: 'eA==' } as const;
  server.send('message.received', {
    roomId: 'room1',
    epoch: 'log',
    messages: [
      { ...message, seq: 1, prev: 0, messageId: 11, kind: 'broadcast' },
      { ...message, seq: 2, prev: 1, messageId: 12, kind: 'command' },
      { ...message, seq: 3, prev: 2, messageId: 13, kind: 'transparent' },
      { ...message, seq: 4, prev: 3, messageId: 14, kind: 'deletion', deletes: 12 },
    ],
  });
  await waitFor(() => received.length === 4, { describe: 'the events' });
  expect(received).toEqual([
    [11],
    { roomId: 'room1', messageId: 12, from, text: 'eA==' },
    { roomId: 'room1', messageId: 13, from, bytes: new Uint8Array([120]) },
    { roomId: 'room1', messageId: 12 },
  ]);
});

describe('an AbortSignal', () => {
  test.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['join', (signal) => client.join('room2', { user, signal })],
    ['publish', (signal) => client.publish('cam', { roomId: 'room1', media: newCamera(), signal })],
    ['subscribe', (signal) => client.subscribe('far', { roomId: 'room1', signal })],
  ])('ends the intent of %s, and rejects at once', async (_, start) => {
    await client.join('room1', { user });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    for (const method of ['room.login', 'stream.publish', 'stream.play'] as const) {
      server.replaced.set(method, async (call) => {
        await held;
        return server.answer(call);
      });
    }
    const controller = new AbortController();
    const call = start(controller.signal);
    const before = server.calls.length;
    await waitFor(() => server.calls.length > before, { describe: 'the request' });
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'PolyroomError', errorName: 'CALL_ABORTED' });
    release();
    await waitFor(
      () => {
        const { publications, rooms, subscriptions } = client.dump();
        const isOutside = !server.roomsOf(server.sockets[0]!).has('room2');
        return rooms.length === 1 && publications.length + subscriptions.length === 0 && isOutside;
      },
      { describe: 'the intent to end' },
    );
  });

  test('does not end what another call has started', async () => {
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    await client.subscribe('far', { roomId: 'room1' });
    const abortAtOnce = async (start: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
      const controller = new AbortController();
      const call = start(controller.signal);
      controller.abort();
      await expect(call).rejects.toMatchObject({ errorName: 'CALL_ABORTED' });
    };
    // Refused: the room is entered, and the stream ID is in use.
    await abortAtOnce((signal) => client.join('room1', { user, signal }));
    await abortAtOnce((signal) => client.publish('cam', { roomId: 'room1', media: newCamera(), signal }));
    // The stream is played already, or another call waits for it.
    await abortAtOnce((signal) => client.subscribe('far', { roomId: 'room1', signal }));
    const pending = client.subscribe('near', { roomId: 'room1' });
    await abortAtOnce((signal) => client.subscribe('near', { roomId: 'room1', signal }));
    await pending;
    const { publications, rooms, subscriptions } = client.dump();
    expect(rooms).toMatchObject([{ roomId: 'room1', state: 'joined' }]);
    expect(publications).toMatchObject([{ streamId: 'cam', state: 'active' }]);
    expect(subscriptions.map(({ streamId, state }) => [streamId, state])).toEqual([
      ['far', 'active'],
      ['near', 'active'],
    ]);
    expect(server.calls.filter(({ method }) => /logout|stop/i.test(method))).toEqual([]);
  });

  test('ends a subscription once all calls for it are aborted', async () => {
    await client.join('room1', { user });
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => client.subscribe('far', { roomId: 'room1', signal }));
    controllers.forEach((controller) => controller.abort());
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ errorName: 'CALL_ABORTED' });
    }
    expect(client.dump().subscriptions).toEqual([]);
  });

  test('ends a join that waits for the leave of its room', async () => {
    await client.join('room1', { user });
    await client.join('room2', { user });
    const moving = client.move('room1', 'room3');
    const controller = new AbortController();
    const call = client.join('room1', { user, signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ errorName: 'CALL_ABORTED' });
    await moving;
    await waitFor(() => server.callsOf('room.logout').length === 1, { describe: 'the logout' });
    expect(server.callsOf('room.logout')).toEqual([{ roomId: 'room1' }]);
    expect(client.dump().rooms.map(({ roomId }) => roomId)).toEqual(['room2', 'room3']);
  });

  test('that is aborted already starts nothing', async () => {
    const signal = AbortSignal.abort();
    await expect(client.join('room1', { user, signal })).rejects.toMatchObject({ code: 1190803 });
    expect(server.calls).toEqual([]);
    await expect(client.join('room1', { user, signal: {} as AbortSignal })).rejects.toMatchObject({
      code: 1000017,
      details: { path: 'options.signal' },
    });
  });
});

describe('a token provider', () => {
  test('is asked for joins without a token, and for every join after the session was lost', async () => {
    await client.close();
    let count = 0;
    open({ tokenProvider: async (roomId) => `${roomId}-${++count}` });
    await client.join('room1', { user });
    await client.join('room2', { user, token: 'own' });
    server.dropAll();
    await waitFor(() => tokens().length === 4, {
      timeoutMs: 5000,
      describe: 'the rooms to be entered again',
    });
    expect(tokens().slice(0, 2)).toEqual(['room1-1', 'own']);
    expect(tokens().slice(2).sort()).toEqual(['room1-2', 'room2-3']);
  });

  test('renews a token that is about to expire', async () => {
    await client.close();
    open({ tokenProvider: () => 'fresh' });
    server.replaced.set('room.renewToken', () => ({ result: { roomIds: ['room1'] } }));
    await client.join('room1', { user, token: 'old' });
    server.send('room.tokenWillExpire', { roomId: 'room1', remainingSeconds: 30 });
    await waitFor(() => server.callsOf('room.renewToken').length === 1, { describe: 'the renewal' });
    expect(server.callsOf('room.renewToken')).toEqual([{ roomId: 'room1', token: 'fresh' }]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('signed out');
      },
      'tokenProvider: signed out.',
    ],
    ['returns nothing', () => '', 'tokenProvider: expected a token.'],
  ])('that %s is named by the error', async (_, tokenProvider, message) => {
    await client.close();
    open({ tokenProvider });
    const error = await client.join('room1', { user }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(PolyroomError);
    expect(error).toMatchObject({ errorName: 'ROOM_NO_TOKEN', message, details: { path: 'tokenProvider' } });
    expect(changes).toEqual(['joining', 'joinFailed']);
  });
});

test('joins, leaves and joins a room twice within one tick, as effects of React’s StrictMode do', async () => {
  const calls = [client.join('room1', { user }), client.leave('room1'), client.join('room1', { user })];
  await Promise.all(calls);
  expect(client.dump().rooms).toMatchObject([{ roomId: 'room1', state: 'joined' }]);
  expect([...server.roomsOf(server.sockets[0]!)]).toEqual(['room1']);
});

test('publishes, stops and publishes again without awaiting; each call has its own outcome', async () => {
  await client.join('room1', { user });
  const media = newCamera();
  const first = client.publish('cam', { roomId: 'room1', media });
  const outcomes = Promise.allSettled([
    first,
    client.unpublish('cam'),
    client.publish('cam', { roomId: 'room1', media }),
  ]);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  await expect(first).rejects.toMatchObject({ code: 1003001, details: { problem: 'stopped' } });
  expect(client.dump().publications).toMatchObject([{ streamId: 'cam', state: 'active' }]);
});

test('refuses options that do not exist or are of another type, and names them', async () => {
  await client.join('room1', { user });
  const media = newCamera();
  const calls: [string, () => unknown][] = [
    ['appID', () => new Client({ appId: 1, server: server.url, appID: 1 } as ClientOptions)],
    ['options.memberEvent', () => client.join('room2', { user, memberEvent: true } as never)],
    ['options.tokens', () => client.move('room1', 'room2', { tokens: 'x' } as object)],
    ['options.room', () => client.publish('cam', { roomId: 'room1', media, room: 'room1' } as never)],
    ['options.view', () => client.subscribe('cam-room1', { roomId: 'room1', view: null } as never)],
    ['options.users', () => client.sendBytes('room1', new Uint8Array(1), { users: [] } as object)],
    ['options', () => client.join('room2', null as never)],
    ['options', () => client.move('room1', 'room2', null as never)],
    ['options', () => client.sendBytes('room1', new Uint8Array(1), null as never)],
    ['options.muted', () => client.publish('cam', { roomId: 'room1', media, muted: 'audio' as never })],
    ['options.muted', () => client.publish('cam', { roomId: 'room1', media, muted: ['screen' as never] })],
    [
      'options.maxBitrates',
      () => client.publish('cam', { roomId: 'room1', media, maxBitrates: null as never }),
    ],
  ];
  for (const [path, call] of calls) {
    const error = await (async () => call())().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'PolyroomError', code: 1000017, details: { path } });
  }
  expect(client.dump()).toMatchObject({ rooms: [{ roomId: 'room1' }], publications: [] });
});

describe('after an outage, a stream whose tracks the servers refuse at first', () => {
  test('is published again from the start', async () => {
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    server.replaced.set('stream.produce', (call) => {
      if (call.params['kind'] === 'audio') {
        return server.answer(call);
      }
      server.replaced.delete('stream.produce');
      return { error: 'BUS_TIMEOUT' };
    });
    server.dropAll();
    await waitFor(() => server.callsOf('stream.share').length === 2, {
      timeoutMs: 15_000,
      describe: 'the stream to return',
    });
    // One before the outage, the failed one, and one from the start.
    expect(server.callsOf('stream.publish')).toHaveLength(3);
    expect(server.callsOf('stream.stopPublish')).toEqual([{ streamId: 'cam' }]);
    expect(
      server
        .callsOf('stream.produce')
        .slice(-2)
        .map(({ kind }) => kind),
    ).toEqual(['audio', 'video']);
  });

  test('of data is published again from the start', async () => {
    server.replaced.set('room.login', (call) => {
      const { result } = server.answer(call) as { result: { media?: MediaSession } };
      const sctpParameters = { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 262144 };
      if (result.media !== undefined) {
        result.media.send.sctpParameters = sctpParameters;
      }
      return { result };
    });
    const produced = {
      result: { dataProducerId: 'd', maxMessageBytes: 4096, messagesPerSecond: 60 },
    };
    server.replaced.set('stream.produceData', () => produced);
    await client.join('room1', { user });
    await client.data.publish('facts', 'room1');
    let refusals = 1;
    server.replaced.set('stream.produceData', () => (refusals-- > 0 ? { error: 'BUS_TIMEOUT' } : produced));
    server.dropAll();
    await waitFor(() => server.callsOf('stream.share').length === 2, {
      timeoutMs: 15_000,
      describe: 'the stream to return',
    });
    expect(server.callsOf('stream.publish')).toHaveLength(3);
    client.data.send('facts', 'room1', new Uint8Array(1));
  });
});
