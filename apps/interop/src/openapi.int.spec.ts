import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { Bus } from '@polyroom/bus';
import { type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats } from '@polyroom/testing';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

interface FastifyHooks {
  addHook(name: 'onRoute', hook: (route: { method: string | string[]; url: string }) => void): void;
}
type Paths = Record<string, Record<string, unknown>>;

/** `METHOD /path/{parameter}` of every route that the application registers; Fastify adds HEAD and OPTIONS. */
const routes = new Set<string>();

function watch(message: unknown): void {
  (message as { fastify: FastifyHooks }).fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat().filter((name) => name !== 'HEAD' && name !== 'OPTIONS')) {
      routes.add(`${each} ${url.replace(/:(\w+)/g, '{$1}')}`);
    }
  });
}
subscribe('fastify.initialization', watch);
afterAll(() => void unsubscribe('fastify.initialization', watch));

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
  const { paths } = (await response.json()) as { paths: Paths };
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.size).toBeGreaterThan(7);
  expect(described.sort()).toEqual([...routes].sort());
  const page = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  expect((JSON.parse(page) as { paths: Paths }).paths).toMatchObject(paths);
});
