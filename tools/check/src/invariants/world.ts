import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { type RedisKind, type RunningServer, startRedis, startRedisCluster } from '@polyroom/testing';
import { Cluster as RedisCluster, Redis } from 'ioredis';
import { type AppPlan, createCheckedUsers } from './checked-users.js';
import { type CheckedUser } from './history.js';
import { type Timing } from './spans.js';
import { startStandInMedia } from './stand-in-media.js';

/** Short, so that they expire often within a run; the defaults are 5 s and 90 s. */
export const timing: Timing = { leaseMs: 3000, graceMs: 1500 };

const plans: AppPlan[] = [
  { policy: 'share', mode: 'multi', limit: 5, users: 6 },
  { policy: 'kickOld', mode: 'multi', limit: 5, users: 4 },
  { policy: 'refuseNew', mode: 'multi', limit: 3, users: 3 },
  { policy: 'share', mode: 'single', limit: 5, users: 3 },
];

/** The gateway that this process stands in for on the bus. */
export const ownGatewayId = 'gw_check';

/** The services as processes, with Redis and NATS, and the users under test. */
export class World {
  readonly users: CheckedUser[] = [];
  private readonly closers: (() => unknown)[] = [];

  private constructor(
    /** One port, or those of a Redis Cluster. */
    readonly redisServers: readonly RunningServer[],
    readonly redisReady: () => Promise<void>,
    readonly cluster: Cluster,
    readonly bus: Bus,
    readonly redis: Redis | RedisCluster,
    readonly store: RoomStore,
  ) {}

  static async start(rootDir: string, redisKind: RedisKind, onLog: (line: string) => void): Promise<World> {
    const dataDir = await mkdtemp(join(tmpdir(), 'polyroom-check-'));
    const redisSide = await startRedisSide(redisKind, dataDir);
    const { url } = redisSide;
    const cluster = await startCluster({
      rootDir,
      redisUrl: url,
      roomInstances: 2,
      mediaNodes: 0,
      sessionGraceMs: timing.graceMs,
      gatewayLeaseMs: timing.leaseMs,
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
      onEvent: (event) => onLog(`${event.process} ${event.type}`),
    });
    const redis =
      redisKind === 'single'
        ? new Redis(url, { maxRetriesPerRequest: null })
        : new RedisCluster(redisSide.servers.map(({ port }) => ({ host: '127.0.0.1', port })));
    redis.on('error', () => {});
    const store = await RoomStore.connect({ url, prefix: cluster.redisPrefix });
    const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
    const world = new World(redisSide.servers, redisSide.ready, cluster, bus, redis, store);
    const media = startStandInMedia(bus);
    world.closers.push(
      () => media.close(),
      () => store.close(),
      () => redis.disconnect(),
      () => bus.close(),
      () => cluster.close(),
      () => redisSide.close(),
      () => rm(dataDir, { recursive: true, force: true }),
    );
    try {
      await cluster.ready();
      world.users.push(...(await createCheckedUsers(cluster.admin, plans)));
      world.keepOwnLease();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const closer of this.closers.splice(0)) {
      await closer();
    }
  }

  /**
   * Ends all sessions that the records list for this process, as a gateway does for sessions that it does not
   * hold.
   */
  async reconcileOwn(): Promise<void> {
    let cursor = '0';
    do {
      const page = await this.bus.request(roomRpc.listGatewaySessions, { gatewayId: ownGatewayId, cursor });
      for (const session of page.sessions) {
        await this.bus.request(roomRpc.suspendSession, { session, gatewayId: ownGatewayId, attach: 0 });
      }
      ({ cursor } = page);
    } while (cursor !== '0');
  }

  /** The keys left in Redis of users and rooms. Keys with a time to live are excluded. */
  async leftovers(): Promise<string[]> {
    const { redisPrefix } = this.cluster;
    const left: string[] = [];
    const nodes = this.redis instanceof RedisCluster ? this.redis.nodes('master') : [this.redis];
    const keys = await Promise.all(nodes.map((node) => node.keys(`${redisPrefix}:*`)));
    for (const key of keys.flat()) {
      // Scheduled checks: of rooms every 30 s, of counts every 10 s; the leases of the gateways that run.
      const isReminder = /\{reap:(\d+\}:rooms|(gateways|counts)\}:due)$/.test(key);
      if (!isReminder && (await this.redis.pttl(key)) === -1) {
        left.push(key);
      }
    }
    return left;
  }

  /** The content of keys, for the report of a violation. */
  async show(keys: readonly string[]): Promise<string[]> {
    const reminders = ['gateways', 'counts'].map((what) => `${this.cluster.redisPrefix}:{reap:${what}}:due`);
    return Promise.all(
      [...reminders, ...keys].map(async (key) => {
        const type = await this.redis.type(key);
        const value =
          type === 'hash'
            ? await this.redis.hgetall(key)
            : type === 'set'
              ? await this.redis.smembers(key)
              : type === 'zset'
                ? await this.redis.zrange(key, '0', '-1', 'WITHSCORES')
                : type;
        return `    ${key} = ${JSON.stringify(value)}`;
      }),
    );
  }

  /** Sessions on the bus have this process as their gateway. */
  private keepOwnLease(): void {
    const beat = (): void => {
      this.bus.request(roomRpc.heartbeat, { gatewayId: ownGatewayId }, { timeoutMs: 500 }).catch(() => {});
    };
    beat();
    const timer = setInterval(beat, timing.leaseMs / 6);
    this.closers.unshift(() => clearInterval(timer));
  }
}

interface RedisSide {
  url: string;
  servers: readonly RunningServer[];
  /** Waits until all data can be read and written again. */
  ready: () => Promise<void>;
  close: () => Promise<void>;
}

async function startRedisSide(kind: RedisKind, dataDir: string): Promise<RedisSide> {
  if (kind === 'single') {
    const server = await startRedis({ dataDir, appendOnly: true });
    return { url: server.url, servers: [server], ready: async () => {}, close: () => server.close() };
  }
  const { url, nodes, ready, close } = await startRedisCluster({ appendOnly: true });
  return { url, servers: nodes, ready, close };
}
