import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ClientInstance } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { Client } from '../index.js';

/** A login without a connection must neither evict the user's own session nor lose the one that it opens. */
const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  await client.join('room1', { user });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const methods = (): string[] => server.calls.map(({ method }) => method);

/** The session is kept, with its rooms and published streams. */
function keepSession(sessionId: string, roomIds: string[], streamIds: string[] = []): void {
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, sessionId);
    const upstreams = streamIds.map((streamId) => ({ streamId, channel: 0, roomIds }));
    return { result: { rooms: roomIds.map((roomId) => ({ roomId })), lost: [], upstreams } };
  });
}

/** Joins as soon as the connection is lost. */
function joinWithoutConnection(roomId: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.once('roomStateChanged', () => {
      client.join(roomId, { user }).then(resolve, reject);
    });
    server.dropAll();
  });
}

async function whenIn(...roomIds: string[]): Promise<void> {
  const isIn = (roomId: string): boolean =>
    client.dump().rooms.some((room) => room.roomId === roomId && room.state === 'joined');
  await waitFor(() => roomIds.every(isIn), { timeoutMs: 10_000, describe: 'the rooms to be entered' });
}

test('resumes the session before a room is entered', async () => {
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  keepSession('se_1', ['room1'], ['cam']);
  server.calls.length = 0;
  await joinWithoutConnection('room2');
  expect(methods()[0]).toBe('session.resume');
  expect(server.callsOf('room.login')).toMatchObject([{ roomId: 'room2' }]);
  await whenIn('room1', 'room2');
  await waitFor(() => client.dump().publications[0]?.state === 'active', { describe: 'the stream' });
  expect(server.callsOf('stream.publish')).toEqual([]);
  expect(client.dump().peerConnections).toMatchObject({ send: 1 });
});

test('tells the servers which of two logins is the later one', async () => {
  await joinWithoutConnection('room2');
  const [first, second] = server.callsOf('room.login').map((login) => login['client'] as ClientInstance);
  expect(first).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), socket: 1 });
  expect(second).toEqual({ id: first!.id, socket: 2 });
});

test('keeps the session that the join opens because the former one has ended', async () => {
  await joinWithoutConnection('room2');
  await whenIn('room1', 'room2');
  expect(methods()).toEqual(['room.login', 'session.resume', 'room.login', 'room.login']);
  keepSession('se_2', ['room1', 'room2']);
  server.dropAll();
  await waitFor(() => server.callsOf('session.resume').length === 2, {
    timeoutMs: 10_000,
    describe: 'the second resume',
  });
  expect(server.callsOf('session.resume')).toMatchObject([
    { sessionId: 'se_1', resumeToken: 'token-1' },
    { sessionId: 'se_2', resumeToken: 'token-2' },
  ]);
  await whenIn('room1', 'room2');
});

test('keeps the session although its first room is left during the login', async () => {
  await client.join('room2', { user });
  const [requested, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server.replaced.set('room.login', async (call) => {
    const answer = server.answer(call);
    if (call.params['roomId'] === 'room1') {
      requested.resolve();
      await released.promise;
    }
    return answer;
  });
  server.dropAll();
  await requested.promise;
  const leaving = client.leave('room1');
  released.resolve();
  await leaving;
  await whenIn('room2');
  expect(server.callsOf('room.logout')).toEqual([{ roomId: 'room1' }]);
  // The answer for room1 has the media and the ticket of the session.
  await client.subscribe('far', { roomId: 'room2' });
  keepSession('se_2', ['room2']);
  server.dropAll();
  await waitFor(() => server.callsOf('session.resume').length === 2, {
    timeoutMs: 10_000,
    describe: 'the second resume',
  });
  expect(server.callsOf('session.resume')[1]).toMatchObject({ sessionId: 'se_2', resumeToken: 'token-2' });
});
