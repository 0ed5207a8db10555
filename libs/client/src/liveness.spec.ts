import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installNetwork, ProtocolServer } from '@polyroom/testing/client';
import { startFastTime } from '../test/fast-time.js';
import { Client, type RoomChange } from './index.js';

let network: ReturnType<typeof installNetwork>;
let server: ProtocolServer;
let client: Client;
let changes: RoomChange[];
let endFastTime: () => void;

beforeEach(async () => {
  endFastTime = startFastTime();
  network = installNetwork('wifi');
  server = await ProtocolServer.start();
  client = new Client({ appId: 1, server: server.url });
  changes = [];
  client.on('roomStateChanged', ({ change }) => changes.push(change));
  await client.join('room1', { user: { userId: 'me', userName: 'Me' } });
});
afterEach(async () => {
  server.dropAll();
  await client.close();
  await server.close();
  network.uninstall();
  endFastTime();
});

async function whenLost(timeoutMs: number): Promise<void> {
  await waitFor(() => changes.includes('reconnecting'), { timeoutMs, describe: 'the loss to be noticed' });
}

test('notices within 45 s a socket that neither answers nor closes, and restores the room', async () => {
  server.freeze();
  await whenLost(45_000);
  await waitFor(() => changes.at(-1) === 'rejoined', {
    timeoutMs: 10_000,
    describe: 'the room to be restored',
  });
});

test.each(['goOffline', 'goOnline', 'showPage'] as const)(
  'probes the socket at once on %s, and keeps it if it answers',
  async (hint) => {
    network[hint]();
    await waitFor(() => server.callsOf('session.ping').length > 0, { timeoutMs: 5000, describe: 'a ping' });
    // Answered after the ping. The clock moves in steps: an answer in the step of the next ping would count for it.
    await client.send('room1', 'hello');
    const answeredAtMs = performance.now();
    await waitFor(() => performance.now() > answeredAtMs, { describe: 'the next step of the clock' });
    expect(client.dump().sockets).toBe(1);
    server.freeze();
    network[hint]();
    await whenLost(10_000);
  },
);

test('keeps a socket on which a request times out while others are answered', async () => {
  server.replaced.set('room.setAttributes', () => new Promise(() => {}));
  await expect(client.setAttribute('room1', 'topic', 'x')).rejects.toMatchObject({ code: 1100002 });
  await waitFor(() => server.callsOf('session.ping').length > 0, { timeoutMs: 5000, describe: 'a ping' });
  await client.send('room1', 'hello');
  expect(changes).toEqual(['joining', 'joined']);
});
