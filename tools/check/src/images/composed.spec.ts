import { expect, test } from '@jest/globals';
import { type ComposedService, listInstances, readinessOf } from './composed.js';

const ours = (service: string, rest: Partial<ComposedService> = {}): ComposedService => ({
  image: `polyroom/${service}`,
  build: { args: { SERVICE: service } },
  ...rest,
});
const needs = (name: string): Partial<ComposedService> => ({
  depends_on: { [name]: { condition: 'service_healthy' } },
});

test('lists each replica after the services that it depends on', () => {
  const services = {
    console: ours('console', needs('gateway')),
    gateway: ours('gateway', { ...needs('media-1'), deploy: { replicas: 2 } }),
    'media-1': ours('media', needs('nats')),
    nats: { image: 'nats:2' },
  };
  expect(listInstances({ services }).map(({ name, service }) => `${name} ${service}`)).toEqual([
    'media-1 media',
    'gateway-1 gateway',
    'gateway-2 gateway',
    'console console',
  ]);
});

test('finds the URL of a health check', () => {
  const script = "fetch('http://127.0.0.1:7090/readyz').then((r) => process.exit(r.ok ? 0 : 1))";
  expect(readinessOf(ours('gateway', { healthcheck: { test: ['CMD', 'node', '-e', script] } }))).toEqual({
    port: 7090,
    path: '/readyz',
  });
  expect(() => readinessOf(ours('gateway'))).toThrow('asks no URL');
});
