import { expect, test } from '@jest/globals';
import { clientSocketPath, clientSubprotocol } from '@polyroom/contracts';
import { HostileClient, hostileFrames, waitFor } from '@polyroom/testing';
import { useGateway } from '../test/use-gateway.js';

const frameCount = 20_000;
const seed = 20_261_123;
const used = useGateway();

/** Mulberry32: generates the same frames in every run. */
function seeded(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(`${frameCount} hostile frames affect only their senders`, async () => {
  const honest = await used.connectTo('r1', 'honest');
  const random = seeded(seed);
  const place = { port: used.gateway.port, path: clientSocketPath, protocol: clientSubprotocol };
  const hostile = Array.from(
    { length: 20 },
    () => new HostileClient({ ...place, next: () => hostileFrames(random) }),
  );
  const sent = (): number => hostile.reduce((sum, client) => sum + client.frames, 0);
  let answered = 0;
  for (let round = 0; sent() < frameCount; round++) {
    hostile.forEach((client) => client.attack());
    if (round % 20 === 0) {
      const message = { roomId: 'r1', content: 'on', clientMessageId: `m${round}` };
      expect((await honest.ask('message.broadcast', message)).error).toBeUndefined();
      answered++;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  hostile.forEach((client) => client.close());
  expect(answered).toBeGreaterThan(3);
  // Each was disconnected repeatedly.
  expect(hostile.reduce((sum, client) => sum + client.entries, 0)).toBeGreaterThan(2 * hostile.length);
  await waitFor(
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${used.gateway.monitorPort}/metrics`)).text();
      return /polyroom_gateway_connections 1\b/.test(metrics);
    },
    { timeoutMs: 10_000, describe: 'the hostile sockets to be closed' },
  );
  const message = { roomId: 'r1', content: 'still here', clientMessageId: 'last' };
  expect((await honest.ask('message.broadcast', message)).error).toBeUndefined();
});

test('closes only the sender’s socket, in the middle of a packet full of malformed frames', async () => {
  const honest = await used.connectTo('r1', 'honest');
  const unauthenticated = await used.connect();
  for (let sent = 0; sent < 100; sent++) {
    unauthenticated.socket.send('{');
  }
  await waitFor(() => unauthenticated.closeCode === 4500, { timeoutMs: 5000, describe: 'the close code' });
  expect((await honest.ask('room.logout', { roomId: 'r1' })).error).toBeUndefined();
});
