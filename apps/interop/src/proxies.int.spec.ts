import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError, authRpc } from '@polyroom/contracts';
import { type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats } from '@polyroom/testing';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

const peer = '127.0.0.1';
const client = '198.51.100.7';
const offer = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:0',
  'a=sendonly',
  'a=rtpmap:96 VP8/90000',
  '',
].join('\r\n');

let nats: RunningServer;
let auth: Bus;
const addresses: unknown[] = [];
const services: RunningService[] = [];

beforeAll(async () => {
  nats = await startNats();
  auth = await Bus.connect({ url: nats.url, name: 'auth' });
  auth.respond(authRpc.identifyUser, authRpc.identifyUser.subject, 'auth', async (request) => {
    addresses.push((request as { clientAddress?: string }).clientAddress);
    throw new AppError('ROOM_AUTHENTICATION_FAILED');
  });
  await auth.flush();
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()));
  await auth?.close();
  await nats?.close();
});

async function readAddresses(trustedProxies: string): Promise<unknown[]> {
  const config = loadInteropConfig({
    POLYROOM_NATS_URL: nats.url,
    POLYROOM_HTTP_HOST: peer,
    POLYROOM_TRUSTED_PROXIES: trustedProxies,
  });
  const bus = await Bus.connect({ url: nats.url, name: 'interop' });
  const service = await startInterop(config, bus, createLogger('interop', 'silent'));
  services.push(service);
  addresses.length = 0;
  for (const protocol of ['whip', 'whep']) {
    const response = await fetch(
      `http://${peer}:${service.port}/v1/interop/apps/1/rooms/r/streams/s/${protocol}`,
      {
        method: 'POST',
        headers: {
          'x-forwarded-for': `203.0.113.1, ${client}`,
          authorization: 'Bearer x',
          'content-type': 'application/sdp',
        },
        body: protocol === 'whip' ? offer : offer.replace('sendonly', 'recvonly'),
      },
    );
    expect(response.status).toBe(401);
  }
  return [...addresses];
}

test('ignores X-Forwarded-For of a peer that is not a trusted proxy', async () => {
  expect(await readAddresses('')).toEqual([peer, peer]);
});

test('takes the right-most untrusted address behind a trusted proxy, for WHIP and WHEP', async () => {
  expect(await readAddresses(`10.0.0.0/8, ${peer}`)).toEqual([client, client]);
});
