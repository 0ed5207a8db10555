import { afterEach, expect, test } from '@jest/globals';
import { Health } from '../health/health.module.js';
import { MonitorServer } from './monitor-server.js';

let monitor: MonitorServer;
afterEach(() => monitor.close());

const get = async (path: string): Promise<[number, string]> => {
  const response = await fetch(`http://127.0.0.1:${monitor.port}${path}`);
  return [response.status, await response.text()];
};

test('answers probes while the process starts, and by the checks of the service afterwards', async () => {
  monitor = await MonitorServer.listen({ host: '127.0.0.1', port: 0 }, () => ({ bus: 'waiting for NATS' }));
  expect(await get('/healthz')).toEqual([200, '{"status":"ok"}']);
  expect(await get('/readyz')).toEqual([503, '{"bus":"waiting for NATS"}']);
  expect((await get('/metrics'))[0]).toBe(503);
  expect((await get('/v1/apps'))[0]).toBe(404);
  let isUp = true;
  const check = async (): Promise<void> => {
    if (!isUp) {
      throw new Error('no answer');
    }
  };
  monitor.serve(new Health({ bus: check }));
  expect(await get('/readyz?verbose')).toEqual([200, '{"bus":"ok"}']);
  expect((await get('/metrics'))[0]).toBe(200);
  isUp = false;
  expect(await get('/readyz')).toEqual([503, '{"bus":"no answer"}']);
  expect((await get('/healthz'))[0]).toBe(200);
});
