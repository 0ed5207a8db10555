import { expect, test } from '@jest/globals';
import { planServices, type ServicePlan } from './services.js';

const plan: ServicePlan = {
  host: '127.0.0.1',
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
