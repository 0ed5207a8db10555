import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus, type RunningService } from '@polyroom/bus';
import { clientSocketPath, clientSubprotocol } from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { HostileClient, hostileFrames, startNats, waitFor } from '@polyroom/testing';
import { FakeCluster } from '../test/fake-cluster.js';
import { RawClient } from '../test/raw-client.js';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

const frameCount = 20_000;
const seed = 20_261_123;
let nats: Awaited<ReturnType<typeof startNats>>;
let cluster: FakeCluster;
let gateway: RunningService;

beforeAll(async () => {
  nats = await startNats();
  cluster = await FakeCluster.start(nats.url);
  const config = loadGatewayConfig({
    POLYROOM_NATS_URL: nats.url,
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_LOG_LEVEL: 'silent',
  });
  const bus = await Bus.connect({ url: nats.url, name: 'gateway' });
  gateway = await startGateway(config, bus, createLogger('gateway', 'silent'));
  await waitFor(async () => (await fetch(`http://127.0.0.1:${gateway.port}/readyz`)).ok, {
    timeoutMs: 5000,
    describe: 'the gateway',
  });
});
afterAll(async () => {
  await gateway?.close();
  await cluster?.close();
  await nats?.close();
});

/** Mulberry32: the same frames in every run. */
function seeded(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(`${frameCount} hostile frames cost nobody but their senders`, async () => {
  const honest = await RawClient.open(gateway.port);
  expect((await honest.login('r1', 'honest')).error).toBeUndefined();
  const random = seeded(seed);
  const place = { port: gateway.port, path: clientSocketPath, protocol: clientSubprotocol };
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
  // They were thrown out, again and again.
  expect(hostile.reduce((sum, client) => sum + client.entries, 0)).toBeGreaterThan(2 * hostile.length);
  await waitFor(
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
      return /polyroom_gateway_connections_count 1\b/.test(metrics);
    },
    { timeoutMs: 10_000, describe: 'the hostile sockets to be gone' },
  );
  const message = { roomId: 'r1', content: 'still here', clientMessageId: 'last' };
  expect((await honest.ask('message.broadcast', message)).error).toBeUndefined();
  await honest.close();
}, 60_000);
