import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

let nats: RunningServer;
let service: RunningService;
const sockets: Socket[] = [];

beforeAll(async () => {
  nats = await startNats();
  const config = loadInteropConfig({
    POLYROOM_NATS_URL: nats.url,
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_REQUEST_TIMEOUT_MS: '500',
  });
  const bus = await Bus.connect({ url: nats.url, name: 'interop' });
  service = await startInterop(config, bus, createLogger('interop', 'silent'));
});
afterAll(async () => {
  sockets.forEach((socket) => socket.destroy());
  await service?.close();
  await nats?.close();
});

test.each(['whip', 'whep'])('ends 20 half-sent offers of %s within the timeout', async (protocol) => {
  const input = [
    `POST /v1/interop/apps/1/rooms/r/streams/s/${protocol} HTTP/1.1`,
    'Host: interop',
    'Authorization: Bearer x',
    'Content-Type: application/sdp',
    'Content-Length: 1000',
    '',
    'v=0',
  ].join('\r\n');
  const slow = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = connect(service.port, '127.0.0.1').on('error', () => {});
      sockets.push(socket.resume());
      await once(socket, 'connect');
      socket.write(input);
      return socket;
    }),
  );
  await waitFor(() => slow.every(({ destroyed }) => destroyed), {
    timeoutMs: 5000,
    describe: 'the slow connections to end',
  });
});
