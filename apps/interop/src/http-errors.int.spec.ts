import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { documentedCodes, type DocumentedApi, type RunningServer, startNats } from '@polyroom/testing';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

let nats: RunningServer;
let service: RunningService;

beforeAll(async () => {
  nats = await startNats();
  const config = loadInteropConfig({ POLYROOM_NATS_URL: nats.url, POLYROOM_HTTP_HOST: '127.0.0.1' });
  const bus = await Bus.connect({ url: nats.url, name: 'interop' });
  service = await startInterop(config, bus, createLogger('interop', 'silent'));
});
afterAll(async () => {
  await service?.close();
  await nats?.close();
});

const sdp = { authorization: 'Bearer x', 'content-type': 'application/sdp' };
const resource = `gw_1.se_${'0'.repeat(32)}`;
const offer = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=sendonly',
  'a=rtpmap:111 opus/48000/2',
  '',
].join('\r\n');

test.each([
  ['no token', 'POST', '1/rooms/r/streams/s/whip', { 'content-type': 'application/sdp' }, 401, 1002067],
  ['an invalid AppID', 'POST', '0/rooms/r/streams/s/whip', sdp, 400, 1001000],
  ['an AppID that is no number', 'POST', 'x/rooms/r/streams/s/whep', sdp, 400, 1000017],
  ['a reserved room ID', 'POST', '1/rooms/$r/streams/s/whip', sdp, 400, 1002012],
  ['an invalid query', 'POST', '1/rooms/r/streams/s/whep?mode=both', sdp, 400, 1000017],
  ['a body of another type', 'POST', '1/rooms/r/streams/s/whip', { authorization: 'Bearer x' }, 415, 1000017],
  ['no token for a resource', 'DELETE', `1/rooms/r/streams/s/whip/${resource}`, {}, 401, 1002067],
  ['an invalid AppID of a resource', 'DELETE', `0/rooms/r/streams/s/whip/${resource}`, sdp, 400, 1001000],
  ['an unknown form of resource', 'DELETE', '1/rooms/r/streams/s/whip/x', sdp, 404, 1190602],
] as const)('%s is refused', async (_case, method, path, headers, status, code) => {
  const response = await fetch(`http://127.0.0.1:${service.port}/v1/interop/apps/${path}`, {
    method,
    headers,
    ...(method === 'POST' ? { body: offer } : {}),
  });
  expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
  const document = (await (
    await fetch(`http://127.0.0.1:${service.port}/openapi.json`)
  ).json()) as DocumentedApi;
  expect(documentedCodes(document, { method, path: `/v1/interop/apps/${path}`, status })).toContain(code);
  expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
});

test('asks for a retry while no auth service is available', async () => {
  const response = await fetch(`http://127.0.0.1:${service.port}/v1/interop/apps/1/rooms/r/streams/s/whip`, {
    method: 'POST',
    headers: sdp,
    body: offer,
  });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
});
