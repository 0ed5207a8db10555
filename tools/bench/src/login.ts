import { type Cluster, startCluster } from '@polyroom/cluster';
import { RoomStore } from '@polyroom/room-store';
import { type RunningServer, startNats, startRedis, startRedisCluster } from '@polyroom/testing';
import { Redis } from 'ioredis';
import { interleave, median } from './interleave.js';
import { type LoginClient } from './login-client.js';
import { appId, connectLoginClients, inFlight } from './login-clients.js';
import { percentile, RawLogins, roomsPerUser, usersPerRoom } from './login-raw.js';
import { costOf, type RedisCost } from './login-redis-cost.js';
import { CpuMeter } from './process-cpu.js';
import { type BenchResult } from './report.js';

const rounds = 6;
/**
 * How often all clients enter and leave within a sample, so that it holds as many logins as one of the
 * baseline.
 */
const visitsPerSample = 4;
const rawUsersPerSample = 1024;
const fewUsers = 1000;
const manyUsers = 100_000;
const growthRounds = 15;
const clusterUsers = 2000;

/**
 * Measures the login of a user into a further room, from the client's frame to its answer, against the Lua
 * commands that decide it, called through ioredis on the same Redis: the difference is the cost of the
 * services.
 */
export async function login(rootDir: string): Promise<BenchResult> {
  const closers: (() => unknown)[] = [];
  try {
    const redisServer = await startRedis({ appendOnly: true });
    closers.unshift(() => redisServer.close());
    const nats = await startNats({ jetStream: true });
    closers.unshift(() => nats.close());
    const cluster = await startCluster({
      rootDir,
      redisUrl: redisServer.url,
      natsUrl: nats.url,
      roomInstances: 1,
      logLevel: 'warn',
    });
    closers.unshift(() => cluster.close());
    const redis = new Redis(redisServer.url);
    closers.unshift(() => redis.disconnect());
    await cluster.ready();
    const endToEnd = await measureEndToEnd(cluster, redisServer, nats, redis, closers);
    for (const close of closers.splice(0)) {
      await close();
    }
    const growth = await measureGrowth();
    const evenness = await measureEvenness();
    return {
      figures: {
        loginsVsRawEvalsha: endToEnd.rateRatio,
        redisUsPerLogin: endToEnd.redisUsPerLogin,
        redisCpuUsPerLogin: endToEnd.redisCpuUsPerLogin,
        p99VsRaw: endToEnd.p99Ratio,
        costAt100kVs1k: growth.ratio,
        busiestNodeVsMean: evenness.ratio,
      },
      columns: ['', 'logins/s (median)', 'p50 ms', 'p99 ms', 'Redis µs'],
      rows: [...endToEnd.rows, ...growth.rows, ...evenness.rows],
      notes: [
        `${inFlight} logins in flight, ${roomsPerUser} rooms per user, ${usersPerRoom} users per room; logouts are not timed`,
        ...endToEnd.notes,
        `costAt100kVs1k compares Redis CPU of login and logout; it is the median of ${growth.ratios.length} interleaved rounds: ${growth.ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`,
        `busiestNodeVsMean: Redis CPU of the three nodes of a Cluster, ${evenness.shares.map((share) => `${(share * 100).toFixed(1)}%`).join(' ')}`,
      ],
    };
  } finally {
    for (const close of closers) {
      await close();
    }
  }
}

interface Part {
  rows: (string | number)[][];
}

async function measureEndToEnd(
  cluster: Cluster,
  redisServer: RunningServer,
  nats: RunningServer,
  redis: Redis,
  closers: (() => unknown)[],
): Promise<
  Part & {
    rateRatio: number;
    p99Ratio: number;
    redisUsPerLogin: number;
    redisCpuUsPerLogin: number;
    notes: string[];
  }
> {
  const clients = await connectLoginClients(cluster);
  closers.unshift(() => clients.forEach((client) => client.close()));
  const store = await RoomStore.connect({ url: redisServer.url, prefix: 'raw', fastIo: false });
  closers.unshift(() => store.close());
  const raw = new RawLogins(store, appId, 'raw');

  const names = ['auth', 'room-1', 'gateway-1', 'gateway-2', 'media-1', 'messaging'];
  const meter = new CpuMeter(
    () =>
      new Map([
        ...names.map((name): [string, number | undefined] => [name, cluster.process(name).pid]),
        ['Redis', redisServer.pid],
        ['NATS', nats.pid],
      ]),
  );
  const served: RedisCost[] = [];
  const latencies = { served: [] as number[], raw: [] as number[] };
  let logins = 0;
  let visits = 0;
  const rates = await interleave(
    {
      name: 'served',
      sample: async () => {
        const latenciesMs: number[] = [];
        const redisCost: RedisCost = { scriptUs: 0, cpuUs: 0 };
        let durationMs = 0;
        for (let visit = 0; visit < visitsPerSample; visit++) {
          const round = visits++;
          const [cost] = await costOf([redis], async () => {
            meter.start();
            durationMs += await enterAll(clients, round, latenciesMs);
            meter.stop();
          });
          await leaveAll(clients, round);
          redisCost.scriptUs += cost!.scriptUs / visitsPerSample / (clients.length * roomsPerUser);
          redisCost.cpuUs += cost!.cpuUs / visitsPerSample / (clients.length * roomsPerUser);
        }
        logins += latenciesMs.length;
        served.push(redisCost);
        latencies.served.push(percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99));
        return (latenciesMs.length / durationMs) * 1000;
      },
    },
    {
      name: 'raw',
      sample: async () => {
        const { latenciesMs, durationMs } = await raw.sample(rawUsersPerSample, inFlight);
        latencies.raw.push(percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99));
        return (latenciesMs.length / durationMs) * 1000;
      },
    },
    rounds,
  );
  // The first round is a warm-up.
  const [p50, p99] = [0, 1].map((offset) => ({
    served: latencies.served.slice(2).filter((_, index) => index % 2 === offset),
    raw: latencies.raw.slice(2).filter((_, index) => index % 2 === offset),
  }));
  const redisUsPerLogin = median(served.slice(1).map(({ scriptUs }) => scriptUs));
  const spent = [...meter.used]
    .map(([name, us]): [string, number] => [name, us / logins])
    .sort((left, right) => right[1] - left[1]);
  const total = spent.reduce((sum, [, us]) => sum + us, 0);
  return {
    rateRatio: rates.medianRatio,
    p99Ratio: median(p99!.served.map((value, index) => value / p99!.raw[index]!)),
    redisUsPerLogin,
    redisCpuUsPerLogin: median(served.slice(1).map(({ cpuUs }) => cpuUs)),
    rows: [
      [
        'through gateways',
        median(rates.values['served']!),
        median(p50!.served),
        median(p99!.served),
        redisUsPerLogin,
      ],
      ['baseline: the Lua commands', median(rates.values['raw']!), median(p50!.raw), median(p99!.raw), ''],
    ],
    notes: [
      `loginsVsRawEvalsha is the median of ${rates.ratios.length} interleaved rounds: ${rates.ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`,
      "redisUsPerLogin is the time inside the Lua commands (commandstats); redisCpuUsPerLogin counts Redis' sockets too",
      `CPU µs per login by process, ${total.toFixed(0)} in all: ${spent.map(([name, us]) => `${name} ${us.toFixed(0)}`).join(', ')}`,
    ],
  };
}

/** Every client enters its rooms, one after the other. */
async function enterAll(clients: LoginClient[], round: number, latenciesMs: number[]): Promise<number> {
  const startedAtMs = performance.now();
  await Promise.all(
    clients.map(async (client, index) => {
      for (let room = 0; room < roomsPerUser; room++) {
        const loginStartedAtMs = performance.now();
        await client.enter(roomOf(round, room, index));
        latenciesMs.push(performance.now() - loginStartedAtMs);
      }
    }),
  );
  return performance.now() - startedAtMs;
}

async function leaveAll(clients: LoginClient[], round: number): Promise<void> {
  await Promise.all(
    clients.map(async (client, index) => {
      for (let room = 0; room < roomsPerUser; room++) {
        await client.leave(roomOf(round, room, index));
      }
    }),
  );
}

function roomOf(round: number, room: number, user: number): string {
  return `room-${round}-${room}-${Math.floor(user / usersPerRoom)}`;
}

/** The same logins with few users and with many, each on a separate server, alternately. */
async function measureGrowth(): Promise<Part & { ratio: number; ratios: number[] }> {
  const open = async (users: number): Promise<{ close(): Promise<void>; sample(): Promise<number> }> => {
    const server = await startRedis();
    const redis = new Redis(server.url);
    const store = await RoomStore.connect({ url: server.url, prefix: 'pr' });
    const logins = new RawLogins(store, appId, 'growth');
    await logins.populate(users, inFlight);
    return {
      sample: async () => {
        const [cost] = await costOf([redis], async () => {
          await logins.sample(rawUsersPerSample, inFlight);
        });
        // CPU time, which excludes other work of the machine.
        return cost!.cpuUs / (rawUsersPerSample * roomsPerUser);
      },
      close: async () => {
        redis.disconnect();
        await store.close();
        await server.close();
      },
    };
  };
  const few = await open(fewUsers);
  const many = await open(manyUsers);
  try {
    const { ratios, medianRatio, values } = await interleave(
      { name: 'many', sample: () => many.sample() },
      { name: 'few', sample: () => few.sample() },
      growthRounds,
    );
    return {
      ratio: medianRatio,
      ratios,
      rows: [
        [`login and logout with ${manyUsers} users in`, '', '', '', median(values['many']!)],
        [`baseline: with ${fewUsers} users in`, '', '', '', median(values['few']!)],
      ],
    };
  } finally {
    await few.close();
    await many.close();
  }
}

/** How evenly a Cluster of three nodes shares the work of logins. */
async function measureEvenness(): Promise<Part & { ratio: number; shares: number[] }> {
  const cluster = await startRedisCluster();
  const nodes = cluster.nodes.map((node) => new Redis(node.url));
  const store = await RoomStore.connect({ url: cluster.url, prefix: 'pr' });
  try {
    const logins = new RawLogins(store, appId, 'even');
    await logins.sample(inFlight, inFlight);
    let rate = 0;
    let latenciesMs: number[] = [];
    const costs = await costOf(nodes, async () => {
      const sample = await logins.sample(clusterUsers, inFlight);
      latenciesMs = sample.latenciesMs;
      rate = (latenciesMs.length / sample.durationMs) * 1000;
    });
    const total = costs.reduce((sum, { scriptUs }) => sum + scriptUs, 0);
    const shares = costs.map(({ scriptUs }) => scriptUs / total);
    return {
      ratio: Math.max(...shares) * shares.length,
      shares,
      rows: [
        [
          'the Lua commands on a Cluster of 3',
          rate,
          percentile(latenciesMs, 0.5),
          percentile(latenciesMs, 0.99),
          '',
        ],
      ],
    };
  } finally {
    nodes.forEach((node) => node.disconnect());
    await store.close();
    await cluster.close();
  }
}
