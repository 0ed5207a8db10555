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
  expect(registered.sorted.length).toBeGreaterThan(20);
  expect(describedRoutes(paths)).toEqual(registered.sorted);
  const page = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  expect((JSON.parse(page) as Api).paths).toMatchObject(paths);
});
