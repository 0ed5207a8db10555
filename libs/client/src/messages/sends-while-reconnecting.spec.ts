import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, ProtocolServer } from '@polyroom/testing/client';
import { Client } from '../index.js';

const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  // As a gateway does on a socket without a session.
  server.replaced.set('message.broadcast', (call) =>
    server.roomsOf(call.socket).has('room1') ? server.answer(call) : { error: 'COMMON_NOT_LOGIN_ROOM' },
  );
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  await client.join('room1', { user });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

test('sends a message after the session is resumed on a new connection, not before', async () => {
  let resume = (): void => {};
  const allowed = new Promise<void>((resolve) => (resume = resolve));
  server.replaced.set('session.resume', async ({ socket }) => {
    await allowed;
    server.adopt(socket, 'se_1');
    return { result: { rooms: [{ roomId: 'room1' }], lost: [], upstreams: [] } };
  });
  server.dropAll();
  await waitFor(() => server.callsOf('session.resume').length === 1, { describe: 'the client to resume' });
  const sending = client.send('room1', 'hello');
  // Arrives after every earlier request.
  void client.sendDroppable('room1', 'hi').catch(() => undefined);
  await waitFor(() => server.callsOf('message.barrage').length === 1, { describe: 'a later request' });
  resume();
  expect(await sending).toEqual({ messageId: 7 });
  expect(server.callsOf('message.broadcast')).toHaveLength(1);
});
