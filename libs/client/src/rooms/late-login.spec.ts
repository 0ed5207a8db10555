import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import {
  fakeHandlerFactory,
  installMediaStream,
  newCamera,
  type Handler,
  ProtocolServer,
} from '@polyroom/testing/client';
import { Client } from '../index.js';

/** The servers enter a room, and their answer arrives after the client's deadline, over the same socket. */
const user = { userId: 'me', userName: 'Me' };
const callTimeoutMs = 10_000;
let server: ProtocolServer;
let client: Client;
let changes: string[];

beforeEach(async () => {
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate'] });
  installMediaStream();
  server = await ProtocolServer.start();
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  changes = [];
  client.on('roomStateChanged', ({ change, roomId }) => changes.push(`${change} ${roomId}`));
});
afterEach(async () => {
  await client.close();
  await server.close();
  jest.useRealTimers();
});

/** Enters the room of the next login, at once or late, and answers when `release` is called. */
function holdNextAnswer(entered: 'at once' | 'late' = 'at once'): {
  requested: Promise<void>;
  release(): Promise<void>;
} {
  const [requested, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server.replaced.set('room.login', async (call) => {
    server.replaced.delete('room.login');
    const answer = entered === 'late' ? undefined : server.answer(call);
    requested.resolve();
    await released.promise;
    return answer ?? server.answer(call);
  });
  const release = (): Promise<void> => {
    released.resolve();
    return setImmediate();
  };
  return { requested: requested.promise, release };
}

test('a recovery uses the late answer, although its next login is refused with 1002064', async () => {
  await client.join('room1', { user });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  const held = holdNextAnswer();
  server.dropAll();
  await held.requested;
  server.replaced.set('room.login', async (call) => {
    // Frames arrive in order: the servers refuse a login only after the answer to the one that entered the room.
    await held.release();
    return server.answer(call);
  });
  changes.length = 0;
  await jest.advanceTimersByTimeAsync(callTimeoutMs);
  await waitFor(() => changes.length > 0, { timeoutMs: 10_000, describe: 'the end of the recovery' });
  await waitFor(() => client.dump().publications[0]?.state === 'active', { describe: 'the stream' });
  expect(changes).toEqual(['rejoined room1']);
  expect(server.callsOf('room.login')).toHaveLength(3);
  // The answer has the media and the ticket of the session.
  server.dropAll();
  await waitFor(() => server.callsOf('session.resume').length === 2, {
    timeoutMs: 10_000,
    describe: 'the second resume',
  });
  expect(server.callsOf('session.resume')[1]).toMatchObject({ sessionId: 'se_2', resumeToken: 'token-2' });
});

test.each(['the first room', 'a further room'])(
  'a join of %s that timed out can be repeated',
  async (which) => {
    if (which === 'a further room') {
      await client.join('room0', { user });
    }
    const held = holdNextAnswer();
    server.replaced.set('room.logout', async (call) => {
      await held.release();
      return server.answer(call);
    });
    await joinInVain(held);
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    expect(client.dump().rooms.at(-1)).toMatchObject({ roomId: 'room1', state: 'joined' });
  },
);

/** Joins room1, and resolves when this has failed. */
async function joinInVain({ requested }: { requested: Promise<void> }): Promise<void> {
  const joining = client.join('room1', { user });
  const failed = expect(joining).rejects.toMatchObject({ errorName: 'ROOM_LOGIN_TIMEOUT' });
  await requested;
  await jest.advanceTimersByTimeAsync(callTimeoutMs);
  await failed;
}

const logouts = (): unknown[] => server.callsOf('room.logout');

/** The servers refuse the first logout, because the room is not entered yet. `next` answers the second one. */
function refuseFirstLogout({ release }: { release(): Promise<void> }, order: string, next?: Handler): void {
  server.replaced.set('room.logout', async (call) => {
    server.replaced.delete('room.logout');
    if (next !== undefined) {
      server.replaced.set('room.logout', next);
    }
    const refusal = server.answer(call);
    if (order === 'after') {
      await release();
    }
    return refusal;
  });
}

test.each([
  ['the first room', 'before'],
  ['a further room', 'before'],
  ['the first room', 'after'],
  ['a further room', 'after'],
])('a join of %s is undone whose refused logout is answered %s the late login', async (which, order) => {
  if (which === 'a further room') {
    await client.join('room0', { user });
  }
  const held = holdNextAnswer('late');
  refuseFirstLogout(held, order);
  await joinInVain(held);
  await waitFor(() => logouts().length > 0, { describe: 'the first logout' });
  await held.release();
  await waitFor(() => logouts().length > 1, { describe: 'the second logout' });
  expect(logouts()).toEqual([{ roomId: 'room1' }, { roomId: 'room1' }]);
  await client.join('room1', { user });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  expect(client.dump().rooms.at(-1)).toMatchObject({ roomId: 'room1', state: 'joined' });
});

test.each(['before', 'after'])(
  'a late login ends with the next connection if its logout is lost, and the first was refused %s it',
  async (order) => {
    const held = holdNextAnswer('late');
    refuseFirstLogout(held, order, () => {
      server.replaced.delete('room.logout');
      server.dropAll();
      return new Promise(() => {});
    });
    server.replaced.set('session.resume', ({ socket }) => {
      server.adopt(socket, 'se_1');
      const snapshot = server.snapshotOf('room1');
      return { result: { rooms: [{ roomId: 'room1', snapshot }], lost: [], upstreams: [] } };
    });
    await joinInVain(held);
    await waitFor(() => logouts().length > 0, { describe: 'the first logout' });
    await held.release();
    await waitFor(() => logouts().length > 2, { timeoutMs: 10_000, describe: 'the last logout' });
    expect(server.callsOf('session.resume')).toMatchObject([{ sessionId: 'se_1', rooms: [] }]);
    expect(logouts().at(-1)).toEqual({});
    expect(client.dump().rooms).toEqual([]);
  },
);

test('a session whose last leave timed out ends before the next join', async () => {
  await client.join('room1', { user });
  server.replaced.set('room.logout', () => new Promise(() => {}));
  const leaving = client.leave('room1');
  await waitFor(() => logouts().length > 0, { describe: 'the logout' });
  server.replaced.delete('room.logout');
  await jest.advanceTimersByTimeAsync(callTimeoutMs);
  await leaving;
  await client.join('room1', { user });
  expect(logouts()).toEqual([{ roomId: 'room1' }, {}]);
  expect(client.dump().rooms).toMatchObject([{ roomId: 'room1', state: 'joined' }]);
});
