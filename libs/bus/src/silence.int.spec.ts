import { afterEach, beforeEach, test } from '@jest/globals';
import { type RunningServer, SilentRelay, startNats, waitFor } from '@polyroom/testing';
import { Bus } from './bus.js';

let server: RunningServer;
let relay: SilentRelay;
let bus: Bus;

beforeEach(async () => {
  server = await startNats();
  relay = await SilentRelay.start(server.port);
  bus = await Bus.connect({ url: `nats://127.0.0.1:${relay.port}`, name: 'spec' });
});
afterEach(async () => {
  await bus.close();
  await relay.close();
  await server.close();
});

test.each([0, 32])(
  'connects again when the network swallows everything, and %d MiB wait to be sent',
  async (mebibytes) => {
    let reconnections = 0;
    bus.onReconnect(() => void reconnections++);
    relay.silence();
    for (let count = 0; count < mebibytes; count++) {
      bus.natsConnection.publish('spec', new Uint8Array(2 ** 20));
    }
    await waitFor(() => reconnections === 1, { timeoutMs: 10_000, describe: 'a new connection' });
    await bus.ping();
  },
);
