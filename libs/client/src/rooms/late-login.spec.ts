import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
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

/** Enters the room of the next login at once, and answers when `release` is called. */
function holdNextAnswer(): { requested: Promise<void>; release(): Promise<void> } {
  const [requested, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server.replaced.set('room.login', async (call) => {
    server.replaced.delete('room.login');
    const answer = server.answer(call);
    requested.resolve();
    await released.promise;
    return answer;
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
    const joining = client.join('room1', { user });
    const failed = expect(joining).rejects.toMatchObject({ errorName: 'ROOM_LOGIN_TIMEOUT' });
    await held.requested;
    await jest.advanceTimersByTimeAsync(callTimeoutMs);
    await failed;
    await client.join('room1', { user });
    await client.publish('cam', { roomId: 'room1', media: newCamera() });
    expect(client.dump().rooms.at(-1)).toMatchObject({ roomId: 'room1', state: 'joined' });
  },
);
