import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type DevicePolicy, type RoomMode, roomRpc } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';
import { type RunningServer, startRedis } from '@polyroom/testing';
import { Redis } from 'ioredis';
import { type CheckedUser } from './history.js';
import { type Timing } from './spans.js';
import { startStandInMedia } from './stand-in-media.js';

/** Short, so that they run out often within a run; a product has 6 s and 90 s. */
export const timing: Timing = { leaseMs: 3000, graceMs: 1500 };

interface AppPlan {
  policy: DevicePolicy;
  mode: RoomMode;
  limit: number;
  users: number;
}

const plans: AppPlan[] = [
  { policy: 'share', mode: 'multi', limit: 5, users: 6 },
  { policy: 'kickOld', mode: 'multi', limit: 5, users: 4 },
  { policy: 'refuseNew', mode: 'multi', limit: 3, users: 3 },
  { policy: 'share', mode: 'single', limit: 5, users: 3 },
];

/** The gateway for which this process speaks on the bus. */
export const ownGatewayId = 'gw_check';

/** The services as processes with Redis and NATS, and the users whose rules are checked. */
export class World {
  readonly users: CheckedUser[] = [];
  private readonly closers: (() => unknown)[] = [];

  private constructor(
    readonly redisServer: RunningServer,
    readonly cluster: Cluster,
    readonly bus: Bus,
    readonly redis: Redis,
    readonly store: RoomStore,
  ) {}

  static async start(rootDir: string, onLog: (line: string) => void): Promise<World> {
    const dataDir = await mkdtemp(join(tmpdir(), 'polyroom-check-'));
    const redisServer = await startRedis({ dataDir, appendOnly: true });
    const cluster = await startCluster({
      rootDir,
      redisUrl: redisServer.url,
      roomInstances: 2,
      mediaNodes: 0,
      sessionGraceMs: timing.graceMs,
      gatewayLeaseMs: timing.leaseMs,
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
      onEvent: (event) => onLog(`${event.process} ${event.type}`),
    });
    const redis = new Redis(redisServer.url, { maxRetriesPerRequest: null });
    redis.on('error', () => {});
    const store = await RoomStore.connect({ url: redisServer.url, prefix: cluster.redisPrefix });
    const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
    const world = new World(redisServer, cluster, bus, redis, store);
    const media = startStandInMedia(bus);
    world.closers.push(
      () => media.close(),
      () => store.close(),
      () => redis.disconnect(),
      () => bus.close(),
      () => cluster.close(),
      () => redisServer.close(),
      () => rm(dataDir, { recursive: true, force: true }),
    );
    try {
      await cluster.ready();
      await world.createUsers();
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

  /** What is left in Redis of users and rooms. What ends by itself does not count. */
  async leftovers(): Promise<string[]> {
    const { redisPrefix } = this.cluster;
    const left: string[] = [];
    for (const key of await this.redis.keys(`${redisPrefix}:*`)) {
      if (key === `${redisPrefix}:{reap:gateways}:due` || (await this.redis.pttl(key)) > 0) {
        continue;
      }
      left.push(key);
    }
    return left;
  }

  private async createUsers(): Promise<void> {
    for (const [index, { policy, mode, limit, users }] of plans.entries()) {
      const appId = randomInt(1, 0xffffffff);
      const { appSign } = await this.cluster.admin.createApp({ appId, name: `check ${index}` });
      await this.cluster.admin.setEntitlement(appId, 'multiRoom', true);
      await this.cluster.admin.setEntitlement(appId, 'maxRoomsPerUser', limit);
      await this.cluster.admin.setEntitlement(appId, 'devicePolicy', policy);
      for (let user = 0; user < users; user++) {
        const userId = `${policy}-${mode}-${user}`;
        this.users.push({ appId, appSign, userId, mode, policy, limit: mode === 'single' ? 1 : limit });
      }
    }
  }

  /** The sessions that are on the bus without a gateway have this process for one. */
  private keepOwnLease(): void {
    const beat = (): void => {
      this.bus.request(roomRpc.heartbeat, { gatewayId: ownGatewayId }, { timeoutMs: 500 }).catch(() => {});
    };
    beat();
    const timer = setInterval(beat, timing.leaseMs / 6);
    this.closers.unshift(() => clearInterval(timer));
  }
}
