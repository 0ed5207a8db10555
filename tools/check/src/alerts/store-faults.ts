import { askRedis } from '@polyroom/testing';
import { type Fault } from './fault.js';
import { loseRecords } from './lost-records.js';

/** Redis stands still for most of the time, but shorter than its clients wait. */
const stopMs = 400;
const runMs = 200;
const megabyte = 1024 * 1024;

export const storeFaults: Fault[] = [
  {
    name: 'Redis stopped',
    remedies: {
      PolyroomRedisFails: 'restore Redis',
      PolyroomDependencyAway: 'restore the server',
      PolyroomErrorBudgetBurnsFast: '`login` and `rest` depend on auth, room, Redis',
      PolyroomErrorBudgetBurnsSlowly: 'as for [PolyroomErrorBudgetBurnsFast]',
      PolyroomServiceErrors: '[PolyroomDependencyAway](#polyroomdependencyaway)',
    },
    provoke: (world) => world.redis.kill(),
    cure: (world) => world.redis.restart(),
  },
  {
    name: 'maxmemory of Redis near what it uses',
    remedies: { PolyroomRedisMemoryNearFull: 'raise `maxmemory`' },
    provoke: async ({ redis }) => {
      const used = Number(/used_memory:(\d+)/.exec(await askRedis(redis.port, ['INFO', 'memory']))![1]);
      await askRedis(redis.port, ['CONFIG', 'SET', 'maxmemory', String(Math.round(used * 1.25))]);
    },
    cure: ({ redis }) => askRedis(redis.port, ['CONFIG', 'SET', 'maxmemory', String(100 * megabyte)]),
  },
  {
    name: 'PostgreSQL stopped',
    remedies: { PolyroomDatabaseFails: 'restore PostgreSQL' },
    provoke: (world) => world.postgres.kill(),
    cure: (world) => world.postgres.restart(),
  },
  {
    name: 'Redis without CPU time',
    remedies: { PolyroomRedisSlow: 'A machine without a free core' },
    provoke: async (world) => world.begin(world.stutter(world.redis, stopMs, runMs)),
    cure: (world) => world.endBegun(),
  },
  {
    name: 'Redis loses all records again and again',
    remedies: { PolyroomRepairsRising: 'Redis lost its last second in a failover' },
    provoke: async (world) => world.begin(loseRecords(world)),
    cure: (world) => world.endBegun(),
  },
  {
    name: 'maxStoredMessageBytes below what is stored',
    remedies: { PolyroomMessageQuotaNearFull: 'raise the entitlement' },
    provoke: ({ cluster, app }) => cluster.admin.setEntitlement(app.appId, 'maxStoredMessageBytes', 4096),
    cure: ({ cluster, app }) => cluster.admin.setEntitlement(app.appId, 'maxStoredMessageBytes', null),
  },
];
