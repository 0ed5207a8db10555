import { afterAll, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { useGateway } from '../test/use-gateway.js';

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

const used = useGateway();

test('/openapi.json describes every route, as docs/openapi.json does', async () => {
  const response = await fetch(`http://127.0.0.1:${used.gateway.port}/openapi.json`);
  const { paths } = (await response.json()) as { paths: Paths };
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.size).toBeGreaterThan(20);
  expect(described.sort()).toEqual([...routes].sort());
  const page = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  expect((JSON.parse(page) as { paths: Paths }).paths).toMatchObject(paths);
});
