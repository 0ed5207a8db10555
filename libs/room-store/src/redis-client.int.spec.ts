import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type RunningServer, SilentRelay, startRedis, waitFor } from '@polyroom/testing';
import { connectRedis, type RedisClient } from './redis-client.js';

let server: RunningServer;
let relay: SilentRelay;
let client: RedisClient;

beforeEach(async () => {
  server = await startRedis();
  relay = await SilentRelay.start(server.port);
  client = await connectRedis(`redis://127.0.0.1:${relay.port}`, () => {});
});
afterEach(async () => {
  client.disconnect();
  await relay.close();
  await server.close();
});

test('connects again when the network swallows everything', async () => {
  relay.silence();
  await expect(client.ping()).rejects.toThrow('timed out');
  await waitFor(async () => (await client.ping()) === 'PONG', {
    timeoutMs: 10_000,
    describe: 'an answer over a new connection',
  });
});
