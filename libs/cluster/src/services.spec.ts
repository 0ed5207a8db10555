import { describe, expect, test } from '@jest/globals';
import { loopback } from '@polyroom/testing';
import { planAllInOne, planServices, type ServicePlan } from './services.js';

const plan: ServicePlan = {
  placeOf: () => loopback,
  env: {},
  natsUrlOf: () => 'nats://127.0.0.1:4222',
  redisUrl: 'redis://127.0.0.1:6379',
  redisPrefix: 'pr',
  databaseEnv: {},
  authEnv: {},
  adminTokens: 'local-admin:0123456789abcdef',
  firstOwnerFile: '/tmp/first-owner.txt',
  sessionGraceMs: 90_000,
  gatewayLeaseMs: 5000,
  gatewayPorts: [7080, 7081],
  interopPorts: [7085],
  authPorts: [1],
  roomPorts: [2],
  messagingPorts: [3],
  recorderPorts: [4],
  webhooksPorts: [5],
  mediaPorts: [6, 7],
  mediaWorkers: 1,
  mediaPortBase: undefined,
  messagingEnv: {},
  webhooksEnv: {},
  mediaEnv: {},
  gatewayEnv: {},
  consolePort: 7088,
  consoleEnv: {},
  monitorPorts: [10, 11, 12, 13],
  demoApps: '[]',
  testPagesDir: '/tmp',
  docsDir: undefined,
  logLevel: 'info',
};

test('a variable of every service reaches every one, and none replaces it', () => {
  const specs = planServices({ ...plan, env: { POLYROOM_REGION: 'eu' } });
  expect(specs).toHaveLength(11);
  expect(specs.filter(({ env }) => env['POLYROOM_REGION'] !== 'eu')).toEqual([]);
});

test.each([
  [19_000, ['19000', '19010']],
  [undefined, [undefined, undefined]],
])('media nodes have their own ports from %s up', (mediaPortBase, bases) => {
  const media = planServices({ ...plan, mediaPortBase }).filter(({ app }) => app === 'media');
  expect(media.map(({ env }) => env['POLYROOM_MEDIA_PORT_BASE'])).toEqual(bases);
});

describe('the process of all services', () => {
  const onePlan: ServicePlan = { ...plan, gatewayPorts: [7080], mediaPorts: [6], monitorPorts: [10, 11, 12] };

  test('has the variables of every service, and a port for each that clients reach', () => {
    const { env, monitorPort } = planAllInOne({
      ...onePlan,
      webhooksEnv: { POLYROOM_WEBHOOK_TIMEOUT_MS: '5' },
    });
    expect(env).toMatchObject({
      POLYROOM_GATEWAY_PORT: '7080',
      POLYROOM_INTEROP_PORT: '7085',
      POLYROOM_CONSOLE_PORT: '7088',
      POLYROOM_MONITOR_PORT: '10',
      POLYROOM_REDIS_PREFIX: 'pr',
      POLYROOM_NODE_ID: 'nd_1',
      POLYROOM_WEBHOOK_TIMEOUT_MS: '5',
    });
    expect(env).not.toHaveProperty('POLYROOM_HTTP_PORT');
    expect(monitorPort).toBe(10);
  });

  test('takes free ports for services without one', () => {
    const { env } = planAllInOne({ ...onePlan, interopPorts: [], consolePort: undefined });
    expect([env['POLYROOM_INTEROP_PORT'], env['POLYROOM_CONSOLE_PORT']]).toEqual(['0', '0']);
  });

  test('refuses two of a service', () => {
    expect(() => planAllInOne({ ...onePlan, gatewayPorts: [7080, 7081] })).toThrow(
      'one process has one gateway',
    );
  });
});
