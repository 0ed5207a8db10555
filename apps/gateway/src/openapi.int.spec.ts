import { afterAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { describedRoutes, RegisteredRoutes } from '@polyroom/testing';
import { useGateway } from '../test/use-gateway.js';

interface Api {
  paths: Record<string, Record<string, unknown>>;
}

const registered = new RegisteredRoutes();
afterAll(() => registered.close());

const used = useGateway();

test('/openapi.json describes every route, as docs/openapi.json does', async () => {
  const response = await fetch(`http://127.0.0.1:${used.gateway.port}/openapi.json`);
  const { paths } = (await response.json()) as Api;
  const routes = registered.sorted.filter((route) => !route.startsWith('GET /reference'));
  expect(routes.length).toBeGreaterThan(20);
  expect(describedRoutes(paths)).toEqual(routes);
  const page = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  expect((JSON.parse(page) as Api).paths).toMatchObject(paths);
});

test('the reference page and its script come from the gateway, under a policy that allows nothing else', async () => {
  const url = `http://127.0.0.1:${used.gateway.port}/reference`;
  const page = await fetch(url);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  const html = await page.text();
  expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)).toEqual([
    '/reference/scalar.js',
  ]);
  const script = await fetch(`${url}/scalar.js`);
  expect([script.status, script.headers.get('content-type')]).toEqual([
    200,
    'text/javascript; charset=utf-8',
  ]);
  expect((await script.text()).length).toBeGreaterThan(1_000_000);
});
