import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { Bus } from '@polyroom/bus';
import { type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { describedRoutes, RegisteredRoutes, type RunningServer, startNats } from '@polyroom/testing';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

interface Api {
  paths: Record<string, Record<string, unknown>>;
}

const registered = new RegisteredRoutes();
afterAll(() => registered.close());

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

test('/openapi.json describes every route, as docs/openapi.json does', async () => {
  const response = await fetch(`http://127.0.0.1:${service.port}/openapi.json`);
  const { paths } = (await response.json()) as Api;
  expect(registered.sorted.length).toBeGreaterThan(4);
  expect(describedRoutes(paths)).toEqual(registered.sorted);
  const page = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  expect((JSON.parse(page) as Api).paths).toMatchObject(paths);
});
