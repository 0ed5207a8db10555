import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import {
  fakeHandlerFactory,
  installMediaStream,
  newCamera,
  newMediaSession,
  ProtocolServer,
} from '@polyroom/testing/client';
import { Client } from '../index.js';

/** The servers open a session, and the connection is lost with the answer: the client proposed its secret. */
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

/** The answer to the next login is lost. `session.resume` finds its session by the proposed secret. */
function loseNextAnswer(): void {
  server.replaced.set('room.login', (call) => {
    server.replaced.delete('room.login');
    const { result } = server.answer(call) as { result: { sessionId: string } };
    const { resumeToken } = call.params;
    server.replaced.set('session.resume', ({ params, socket }) => {
      if (resumeToken === undefined || params['resumeToken'] !== resumeToken || 'sessionId' in params) {
        return { error: 'ROOM_DISCONNECT' };
      }
      server.adopt(socket, result.sessionId);
      const media = params['renewMedia'] === true ? { media: newMediaSession() } : {};
      const snapshot = { ...server.snapshotOf('room1'), seq: 11 };
      return { result: { rooms: [{ roomId: 'room1', snapshot }], lost: [], upstreams: [], ...media } };
    });
    server.dropAll();
    return new Promise(() => {});
  });
}

test('ends the session of a join that failed, with the next connection', async () => {
  loseNextAnswer();
  await expect(client.join('room1', { user })).rejects.toMatchObject({ errorName: 'ROOM_CONNECT_FAILED' });
  await waitFor(() => server.callsOf('room.logout').length > 0, { describe: 'the logout' });
  expect(server.callsOf('room.logout')).toEqual([{}]);
  expect(client.dump().rooms).toEqual([]);
  await client.join('room1', { user });
  const secrets = server.callsOf('room.login').map(({ resumeToken }) => resumeToken);
  expect(new Set(secrets).size).toBe(2);
});

test('resumes the session that a recovery has opened', async () => {
  await client.join('room1', { user });
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  const [first] = server.callsOf('room.login');
  loseNextAnswer();
  server.dropAll();
  const isResumed = (): boolean =>
    server.callsOf('session.resume').length === 2 && client.dump().publications[0]?.state === 'active';
  await waitFor(isResumed, { timeoutMs: 10_000, describe: 'the stream to return' });
  expect(client.dump().rooms).toMatchObject([{ roomId: 'room1', state: 'joined' }]);
  expect(server.callsOf('room.login')).toHaveLength(2);
  expect(first!['resumeToken']).toMatch(/^[\da-f]{64}$/);
  expect(server.callsOf('session.resume')[1]).not.toMatchObject({ resumeToken: first!['resumeToken'] });
});
