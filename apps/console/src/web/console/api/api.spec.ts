import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Api } from './api.js';

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const close = (server: Server) => new Promise((resolve) => server.close(resolve));

let gateway: Server;
let gatewayUrl: string;
/** Of a gateway that has stopped. */
let refusedUrl: string;

beforeAll(async () => {
  // The page's own address, which decides between `localhost` and 127.0.0.1.
  Object.assign(globalThis, { location: { hostname: '127.0.0.1' } });
  gateway = createServer(({ url }, response) => void response.end(JSON.stringify({ url })));
  gatewayUrl = await listen(gateway);
  const stopped = createServer();
  refusedUrl = await listen(stopped);
  await close(stopped);
});
afterAll(async () => {
  gateway.closeAllConnections();
  await close(gateway);
  Reflect.deleteProperty(globalThis, 'location');
});

test.each([2, 5])('%i concurrent reads all leave a gateway that is unreachable', async (count) => {
  const api = new Api([refusedUrl, gatewayUrl], { unreachable: 'unreachable', noJson: String });
  const paths = Array.from({ length: count }, (_, at) => `/apps/${at}`);
  const replies = await Promise.all(paths.map((path) => api.get<{ url: string }>(path)));
  expect(replies.map(({ url }) => url)).toEqual(paths.map((path) => `/v1${path}`));
  expect(api.urlOf('')).toBe(`${gatewayUrl}/v1`);
});
