import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthModule } from '../index.js';

let failing = false;
let app: NestFastifyApplication;

beforeAll(async () => {
  const module = HealthModule.register({
    checks: {
      store: async () => {
        if (failing) {
          throw new Error('the store is unavailable');
        }
      },
      bus: async () => {},
    },
  });
  app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

const get = async (path: string): Promise<{ status: number; body: string }> => {
  const response = await fetch(new URL(path, await app.getUrl()));
  return { status: response.status, body: await response.text() };
};

test('reports readiness by its dependencies, and liveness regardless of them', async () => {
  expect(await get('/readyz')).toMatchObject({ status: 200, body: '{"store":"ok","bus":"ok"}' });
  failing = true;
  expect(await get('/readyz')).toMatchObject({
    status: 503,
    body: '{"store":"the store is unavailable","bus":"ok"}',
  });
  expect((await get('/healthz')).status).toBe(200);
});

test('serves metrics in the Prometheus text format, with its dependencies at the scrape', async () => {
  failing = true;
  const { status, body } = await get('/metrics');
  expect(status).toBe(200);
  expect(body).toMatch(/^process_cpu_user_seconds_total /m);
  expect(body).toMatch(/^polyroom_dependency_up{dependency="store"} 0$/m);
  expect(body).toMatch(/^polyroom_dependency_up{dependency="bus"} 1$/m);
  // A gauge with the suffix of a counter.
  expect(body).not.toContain('nodejs_active_handles_total');
});
