import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, ProtocolServer } from '@polyroom/testing/client';
import { Client } from '../index.js';

/** A user who leaves the last room without a connection must not stay in it for the session's grace. */
const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    return { result: { rooms: [{ roomId: 'room1' }], lost: [], upstreams: [] } };
  });
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  await client.join('room1', { user });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const methods = (): string[] => server.calls.map(({ method }) => method);

/** Leaves as soon as the connection is lost. */
function leaveWithoutConnection(): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('roomStateChanged', ({ change }) => {
      expect(change).toBe('reconnecting');
      client.leave('room1').then(resolve, reject);
    });
    server.dropAll();
  });
}

test('ends the session with the next connection', async () => {
  await leaveWithoutConnection();
  expect(client.dump().rooms).toEqual([]);
  await waitFor(() => server.callsOf('room.logout').length > 0, { describe: 'the logout' });
  expect(methods()).toEqual(['room.login', 'session.resume', 'room.logout']);
  expect(server.callsOf('session.resume')).toMatchObject([{ sessionId: 'se_1', rooms: [] }]);
});

test('ends the session before a room is entered in another one', async () => {
  await leaveWithoutConnection();
  await client.join('room2', { user });
  expect(methods()).toEqual(['room.login', 'session.resume', 'room.logout', 'room.login']);
  expect(client.dump().rooms).toMatchObject([{ roomId: 'room2', state: 'joined' }]);
});

test('ends the session although the logout was sent to a dead socket', async () => {
  server.freeze();
  const leaving = client.leave('room1');
  await waitFor(() => client.dump().rooms.length === 0, { describe: 'the room to be left' });
  server.dropAll();
  await leaving;
  await waitFor(() => server.callsOf('room.logout').length > 0, { describe: 'the logout' });
  expect(methods().slice(-2)).toEqual(['session.resume', 'room.logout']);
});
