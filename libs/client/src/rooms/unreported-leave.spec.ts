import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ClientMethod } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, ProtocolServer } from '@polyroom/testing/client';
import { Client } from '../index.js';

/** A user must not stay in a room, or return to it, whose leave did not reach the servers. */
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

test('asks again while the servers cannot answer, and enters the room only then', async () => {
  server.replaced.set('room.logout', () => {
    if (server.callsOf('room.logout').length === 2) {
      server.replaced.delete('room.logout');
    }
    return { error: 'BUS_TIMEOUT' };
  });
  const left = client.leave('room1');
  expect(client.dump().rooms).toEqual([]);
  await Promise.all([left, client.join('room1', { user })]);
  expect(methods()).toEqual(['room.login', 'room.logout', 'room.logout', 'room.logout', 'room.login']);
});

test('has left when only the answer was lost', async () => {
  server.replaced.set('room.logout', () => ({
    error: server.callsOf('room.logout').length === 1 ? 'BUS_TIMEOUT' : 'ROOM_ROOMID_INCORRECT',
  }));
  await client.leave('room1');
  expect(methods()).toEqual(['room.login', 'room.logout', 'room.logout']);
});

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

test('leaves a room that was joined and left again before the servers could be asked', async () => {
  await client.join('room2', { user });
  const snapshots = ['room1', 'room2'].map((roomId) => ({ roomId, snapshot: server.snapshotOf(roomId) }));
  const { promise: resuming, resolve: answer } = Promise.withResolvers<void>();
  server.replaced.set('session.resume', async ({ socket }) => {
    await resuming;
    server.adopt(socket, 'se_1');
    return { result: { rooms: snapshots, lost: [], upstreams: [] } };
  });
  await leaveWithoutConnection();
  await waitFor(() => server.callsOf('session.resume').length > 0, { describe: 'the resume' });
  const joining = client.join('room1', { user }).catch(() => undefined);
  const leaving = client.leave('room1');
  answer();
  await Promise.all([joining, leaving]);
  await waitFor(() => client.dump().rooms[0]?.state === 'joined', { describe: 'the other room' });
  expect(client.dump().rooms.map(({ roomId }) => roomId)).toEqual(['room2']);
  expect([...server.roomsOf(server.sockets.at(-1)!)]).toEqual(['room2']);
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

/** The session is kept, with rooms whose state the client does not know. */
function keepSession(...roomIds: string[]): void {
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    const rooms = roomIds.map((roomId) => ({ roomId, snapshot: { ...server.snapshotOf(roomId), seq: 11 } }));
    return { result: { rooms, lost: [], upstreams: [] } };
  });
}

test('does not enter a room again whose logout was sent to a dead socket', async () => {
  await client.join('room2', { user });
  keepSession('room1', 'room2');
  server.freeze();
  const leaving = client.leave('room1');
  await waitFor(() => client.dump().rooms.length === 1, { describe: 'the room to be left' });
  server.dropAll();
  await leaving;
  await waitFor(() => server.callsOf('room.logout').length > 0, { describe: 'the logout' });
  expect(server.callsOf('room.logout')).toEqual([{ roomId: 'room1' }]);
  expect(client.dump().rooms).toMatchObject([{ roomId: 'room2', state: 'joined' }]);
});

test.each<[string, ClientMethod, () => Promise<unknown>, string[]]>([
  ['a join', 'room.login', () => client.join('room3', { user }), ['room1', 'room2']],
  ['a move', 'room.switch', () => client.move('room2', 'room3'), ['room1']],
])('leaves the room of %s that failed without an answer', async (_, method, enter, expected) => {
  await client.join('room2', { user });
  keepSession('room1', 'room2', 'room3');
  server.replaced.set(method, () => {
    server.dropAll();
    return new Promise(() => {});
  });
  await expect(enter()).rejects.toMatchObject({ errorName: 'ROOM_CONNECT_FAILED' });
  const isSettled = (): boolean =>
    server.callsOf('room.logout').some(({ roomId }) => roomId === 'room3') &&
    client.dump().rooms.every(({ state }) => state === 'joined');
  await waitFor(isSettled, { describe: 'the session to be resumed' });
  expect(client.dump().rooms.map(({ roomId }) => roomId)).toEqual(expected);
});

test('ends the session of a room that was given up without a connection', async () => {
  await client.close();
  const { port } = server;
  client = new Client({
    ...{ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory },
    roomRetryTimeSeconds: 0.1,
  });
  await client.join('room1', { user });
  const givenUp = new Promise<void>((resolve) => {
    client.on('roomStateChanged', ({ change }) => {
      if (change === 'reconnectFailed') {
        resolve();
      }
    });
  });
  await server.close();
  await givenUp;
  server = await ProtocolServer.start(port);
  keepSession('room1');
  await waitFor(() => server.callsOf('room.logout').length > 0, {
    timeoutMs: 15_000,
    describe: 'the logout',
  });
  expect(methods()).toEqual(['session.resume', 'room.logout']);
  expect(client.dump().rooms).toEqual([]);
});
