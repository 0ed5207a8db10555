import { randomInt } from 'node:crypto';
import { Bus } from '@polyroom/bus';
import { type Cluster, startCluster } from '@polyroom/cluster';
import { type RunningServer, startNats, startRedis } from '@polyroom/testing';
import { Redis } from 'ioredis';
import { type CheckedUser } from '../invariants/history.js';
import { Random } from '../invariants/random.js';
import { SocketDevice } from '../invariants/socket-device.js';
import { startStandInMedia } from '../invariants/stand-in-media.js';

/** The default of the product. */
export const leaseMs = 5000;
/** Short, because the check waits for it, and long enough for a resume on a busy machine. */
export const graceMs = 2000;
export const roomsPerUser = 3;

/** A cluster with the default lease, and users who join and leave. */
export class RecoveryWorld {
  private readonly closers: (() => unknown)[] = [];
  private users = 0;
  private appSign = '';
  private readonly appId = randomInt(1, 0xffffffff);
  readonly random = new Random(randomInt(2 ** 31));

  private constructor(
    readonly cluster: Cluster,
    readonly redis: Redis,
    readonly redisServer: RunningServer,
    readonly natsServer: RunningServer,
  ) {}

  static async start(rootDir: string, onLog: (line: string) => void): Promise<RecoveryWorld> {
    const redisServer = await startRedis({ appendOnly: true });
    const natsServer = await startNats({ jetStream: true });
    const cluster = await startCluster({
      rootDir,
      redisUrl: redisServer.url,
      natsUrl: natsServer.url,
      roomInstances: 2,
      mediaNodes: 0,
      sessionGraceMs: graceMs,
      gatewayLeaseMs: leaseMs,
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
    });
    const redis = new Redis(redisServer.url);
    redis.on('error', () => {});
    const bus = await Bus.connect({ url: natsServer.url, name: 'check' });
    const media = startStandInMedia(bus);
    const world = new RecoveryWorld(cluster, redis, redisServer, natsServer);
    world.closers.push(
      () => media.close(),
      () => redis.disconnect(),
      () => bus.close(),
      () => cluster.close(),
      () => natsServer.close(),
      () => redisServer.close(),
    );
    try {
      await cluster.ready();
      const { appId } = world;
      world.appSign = (
        await cluster.admin.createApp({ appId, name: 'recovery', credentialKinds: ['appSign'] })
      ).appSign;
      await cluster.admin.setEntitlement(appId, 'multiRoom', true);
      // Reconnects come faster than a tenant may.
      await cluster.admin.setEntitlement(appId, 'loginsPerSecond', 0);
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

  createUser(): CheckedUser {
    const { appId, appSign } = this;
    const userId = `user-${this.users++}`;
    return { appId, appSign, userId, mode: 'multi', policy: 'kickOld', limit: 5 };
  }

  /** A device of the user, in its rooms, on one gateway or on any. */
  async enter(user: CheckedUser, gatewayName?: string): Promise<SocketDevice> {
    const gateways = this.cluster.gateways.filter(
      ({ name }) => gatewayName === undefined || name === gatewayName,
    );
    const device = await SocketDevice.openPatiently({ gateways }, user, this.random);
    for (const [index, roomId] of roomsOf(user).entries()) {
      const { code } = await device.login(roomId, index + 1);
      if (code !== 0) {
        throw new Error(`${user.userId} cannot enter ${roomId}: ${code}`);
      }
    }
    return device;
  }

  /**
   * The users with any key left: their own, or that of a room which only they enter. Not of outboxes, which hold no
   * place: events that a killed instance left there reach the log with the next scan, every 30 to 45 s.
   */
  async usersWithKeys(users: readonly CheckedUser[]): Promise<Set<CheckedUser>> {
    const keys = await this.redis.keys(`${this.cluster.redisPrefix}:{${this.appId}:*`);
    const found = new Set<string>();
    for (const key of keys) {
      const match = /:\{\d+:(?:u:(user-\d+)|r:(user-\d+)-\d+)\}(?!:fence|:outbox)/.exec(key);
      if (match !== null) {
        found.add(match[1] ?? match[2]!);
      }
    }
    return new Set(users.filter(({ userId }) => found.has(userId)));
  }

  /** All keys that are left, except reminders and keys with a time to live. */
  async leftovers(): Promise<string[]> {
    const left: string[] = [];
    for (const key of await this.redis.keys(`${this.cluster.redisPrefix}:*`)) {
      const isReminder = /\{reap:(\d+\}:rooms|gateways\}:due)$/.test(key);
      if (!isReminder && (await this.redis.pttl(key)) === -1) {
        left.push(key);
      }
    }
    return left;
  }
}

/** Rooms that no other user enters, so that each user's keys are known. */
export function roomsOf(user: CheckedUser): string[] {
  return Array.from({ length: roomsPerUser }, (_, index) => `${user.userId}-${index}`);
}
