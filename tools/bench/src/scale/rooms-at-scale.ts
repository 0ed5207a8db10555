import { RoomStore } from '@polyroom/room-store';
import { type RunningRedisCluster, startRedisCluster } from '@polyroom/testing';
import { Redis } from 'ioredis';
import { readCpuSeconds } from '../fan-out/process-cost.js';
import { inParallel } from '../login-raw.js';
import { showProgress } from '../progress.js';
import { blockSize, pick, roomOf } from './crowd.js';
import { type Placements } from './placements.js';
import { type Login, RoomCalls } from './room-calls.js';

const appId = 7;
const inFlight = 64;
const usersPerGateway = 50_000;
/** Longer than a run. */
const gatewayLeaseMs = 24 * 3600_000;
/** Picks of users in one sample. */
const passesPerSample = 5;
/** Users who enter their first rooms before they enter their others, while the crowd grows. */
const usersAtOnce = 10 * blockSize;

/** The work of Redis, all nodes together. */
export interface Work {
  cpuUs: number;
  /** Commands, those inside Lua included. */
  commands: number;
  /** CPU time of this process, which makes the calls of a room instance. */
  clientUs: number;
}

const kinds = ['firstLogin', 'furtherLogin', 'logout', 'check'] as const;
/** Means of one sample. A check is the part of one membership in the periodic check of its room. */
export type RoomSample = Record<(typeof kinds)[number], Work>;

/** Bytes of Redis that a crowd has added. */
export interface RoomMemory {
  /** Of a session and its first membership. */
  sessionBytes: number;
  /** Of each further membership. */
  membershipBytes: number;
}

/** A crowd in the rooms of one AppID, on a Redis Cluster of its own. */
export class RoomsAtScale {
  users = 0;
  private pass = 0;
  private readonly calls: RoomCalls;
  /** By user and place. */
  private readonly epochs: Float64Array;

  private constructor(
    private readonly cluster: RunningRedisCluster,
    private readonly nodes: Redis[],
    private readonly store: RoomStore,
    private readonly roomsPerUser: number,
    private readonly placements: Placements,
    mostUsers: number,
  ) {
    this.calls = new RoomCalls(store);
    this.epochs = new Float64Array(mostUsers * roomsPerUser);
  }

  static async start(roomsPerUser: number, placements: Placements, mostUsers: number): Promise<RoomsAtScale> {
    const cluster = await startRedisCluster();
    const nodes = cluster.nodes.map((node) => new Redis(node.url));
    const store = await RoomStore.connect({ url: cluster.url, prefix: 'pr' });
    for (let user = 0; user < mostUsers; user += usersPerGateway) {
      await store.leases.renewGateway(gatewayOf(user), gatewayLeaseMs);
    }
    return new RoomsAtScale(cluster, nodes, store, roomsPerUser, placements, mostUsers);
  }

  /** Further users log in to all their rooms, until there are so many. */
  async growTo(users: number): Promise<RoomMemory> {
    const added = users - this.users;
    let [firstBytes, furtherBytes] = [0, 0];
    while (this.users < users) {
      const count = Math.min(usersAtOnce, users - this.users);
      const enterAll = (from: number, to: number): Promise<number> =>
        this.grownBytes(async () => {
          for (let place = from; place < to; place++) {
            await inParallel(count, inFlight, (index) => this.enter(this.users + index, place));
          }
        });
      firstBytes += await enterAll(0, 1);
      furtherBytes += await enterAll(1, this.roomsPerUser);
      this.users += count;
      if (this.users % (10 * usersAtOnce) === 0) {
        showProgress(`${this.users} users are in their rooms`);
      }
    }
    return {
      sessionBytes: firstBytes / added,
      membershipBytes: furtherBytes / added / (this.roomsPerUser - 1),
    };
  }

  /** Users from all over the crowd leave all their rooms and enter them again; then their first rooms are checked. */
  async sample(): Promise<RoomSample> {
    const total = Object.fromEntries(
      kinds.map((kind) => [kind, { cpuUs: 0, commands: 0, clientUs: 0 }]),
    ) as RoomSample;
    const counts = { firstLogin: 0, furtherLogin: 0, logout: 0, check: 0 };
    const places = Array.from({ length: this.roomsPerUser }, (_, place) => place);
    for (let round = 0; round < passesPerSample; round++) {
      const users = pick(this.users, this.pass++);
      const measure = async (
        kind: keyof RoomSample,
        work: (user: number) => Promise<number>,
      ): Promise<void> => {
        const spent = await this.workOf(() =>
          inParallel(users.length, inFlight, async (index) => {
            const done = await work(users[index]!);
            counts[kind] += done;
          }),
        );
        total[kind].cpuUs += spent.cpuUs;
        total[kind].commands += spent.commands;
        total[kind].clientUs += spent.clientUs;
      };
      await measure('logout', async (user) => {
        for (const place of places) {
          await this.leave(user, place);
        }
        return places.length;
      });
      await measure('firstLogin', async (user) => {
        await this.enter(user, 0);
        return 1;
      });
      await measure('furtherLogin', async (user) => {
        await Promise.all(places.slice(1).map((place) => this.enter(user, place)));
        return places.length - 1;
      });
      await measure('check', (user) => this.calls.checkRoom(appId, roomOf(user, 0)));
    }
    for (const kind of kinds) {
      total[kind].cpuUs /= counts[kind];
      total[kind].commands /= counts[kind];
      total[kind].clientUs /= counts[kind];
    }
    return total;
  }

  async close(): Promise<void> {
    this.nodes.forEach((node) => node.disconnect());
    await this.store.close();
    await this.cluster.close();
  }

  private async enter(user: number, place: number): Promise<void> {
    const epoch = await this.calls.login(this.loginOf(user, place));
    this.epochs[user * this.roomsPerUser + place] = epoch;
  }

  private async leave(user: number, place: number): Promise<void> {
    await this.calls.logout(this.loginOf(user, place), this.epochs[user * this.roomsPerUser + place]!);
  }

  private loginOf(user: number, place: number): Login {
    return {
      session: { appId, userId: `user-${user}`, sessionId: `ss_${user}` },
      roomId: roomOf(user, place),
      gatewayId: gatewayOf(user),
      nodeId: this.placements.nodeOf(user, roomOf(user, 0)),
      opens: place === 0,
      maxRooms: this.roomsPerUser,
    };
  }

  private async grownBytes(work: () => Promise<void>): Promise<number> {
    const before = await this.usedBytes();
    await work();
    await this.calls.settle();
    return (await this.usedBytes()) - before;
  }

  private async usedBytes(): Promise<number> {
    const memory = await this.store.readMemory();
    return memory.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  }

  private async workOf(work: () => Promise<void>): Promise<Work> {
    const before = await this.readWork();
    await work();
    await this.calls.settle();
    const after = await this.readWork();
    return {
      cpuUs: after.cpuUs - before.cpuUs,
      // Reading it is a command on each node.
      commands: after.commands - before.commands - this.nodes.length,
      clientUs: after.clientUs - before.clientUs,
    };
  }

  private async readWork(): Promise<Work> {
    const stats = await Promise.all(this.nodes.map((node) => node.info('stats')));
    const { system, user } = process.cpuUsage();
    return {
      clientUs: system + user,
      cpuUs: this.cluster.nodes.reduce((sum, { pid }) => sum + readCpuSeconds(pid!) * 1e6, 0),
      commands: stats.reduce(
        (sum, text) => sum + Number(/total_commands_processed:(\d+)/.exec(text)?.[1] ?? 0),
        0,
      ),
    };
  }
}

function gatewayOf(user: number): string {
  return `gw_${Math.floor(user / usersPerGateway) + 1}`;
}
