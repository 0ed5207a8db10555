import { parseArgs } from 'node:util';
import { startCluster } from '@polyroom/cluster';
import { startNats, startRedis, TraceReceiver } from '@polyroom/testing';
import { median } from './interleave.js';
import { type LoginClient } from './login-client.js';
import { connectLoginClients, inFlight } from './login-clients.js';
import { roomsPerUser, usersPerRoom } from './login-raw.js';
import { exactCpuUsOfThreads } from './process-cpu.js';
import { type BenchResult } from './report.js';

/** Odd. Single rounds differ by some percent, so there are many of them. */
const defaultRounds = 201;
const services = ['auth', 'room-1', 'gateway-1', 'gateway-2', 'media-1', 'messaging'];

/** A cluster with its own servers, and clients that log in to it. */
interface System {
  name: string;
  /** CPU time of all processes of the system for one login and one logout, in µs. */
  sample: () => Promise<number>;
  close: () => Promise<void>;
}

/**
 * Measures what tracing costs a login: clusters without it and with 1% sampled, in turn. With `--baseline FOLDER`, a
 * built checkout from before there was tracing, it measures also what it costs while it is off.
 */
export async function tracing(rootDir: string, args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { baseline: { type: 'string' }, rounds: { type: 'string', default: String(defaultRounds) } },
  });
  const receiver = await TraceReceiver.start();
  const systems: System[] = [];
  try {
    const sampled = { POLYROOM_TRACE_SAMPLE: '0.01', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    if (values.baseline !== undefined) {
      systems.push(await openSystem('before', values.baseline, {}));
    }
    systems.push(await openSystem('off', rootDir, { POLYROOM_TRACE_SAMPLE: '0' }));
    systems.push(await openSystem('sampled', rootDir, sampled));
    const costs = await measureInTurn(systems, Number(values.rounds));
    // Spans are sent every 5 s, and the rounds take longer.
    const isTraced = receiver.spans.some(({ name }) => name === 'room.login');
    if (!isTraced) {
      throw new Error('no login was traced: the figure would say nothing');
    }
    const ratiosOf = (name: string, baseline: string): number[] =>
      costs.get(name)!.map((cost, round) => cost / costs.get(baseline)![round]!);
    const pairs: [figure: string, name: string, baseline: string][] = [
      ['sampledVsOff', 'sampled', 'off'],
      ...(values.baseline === undefined
        ? []
        : ([
            ['offVsBefore', 'off', 'before'],
            ['sampledVsBefore', 'sampled', 'before'],
          ] as [string, string, string][])),
    ];
    return {
      figures: Object.fromEntries(
        pairs.map(([figure, name, baseline]) => [figure, median(ratiosOf(name, baseline))]),
      ),
      columns: ['', 'CPU µs per login and logout (median)', 'lowest', 'highest'],
      rows: systems.map(({ name }) => {
        const own = costs.get(name)!;
        return [name, median(own), Math.min(...own), Math.max(...own)];
      }),
      notes: [
        `the figures are medians of the ratios of ${values.rounds} rounds, in each of which every cluster is measured`,
        ...pairs.map(([figure, name, baseline]) => describeSpread(figure, ratiosOf(name, baseline))),
        `${inFlight} logins in flight, ${roomsPerUser} rooms per user; services, Redis and NATS, without the load`,
        `${receiver.spans.length} spans of ${new Set(receiver.spans.map(({ traceId }) => traceId)).size} traces were received`,
      ],
    };
  } finally {
    for (const system of systems) {
      await system.close();
    }
    await receiver.close();
  }
}

/** The interval that holds the true median with 95% confidence: between two ranks of the sorted ratios. */
function describeSpread(figure: string, ratios: readonly number[]): string {
  const sorted = [...ratios].sort((one, other) => one - other);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - reach));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + reach));
  return `${figure}: 95% interval ${sorted[low]!.toFixed(3)} to ${sorted[high]!.toFixed(3)}`;
}

/** By system, one cost for each round; the first round is a warm-up. The order rotates, so that none is always first. */
async function measureInTurn(systems: System[], rounds: number): Promise<Map<string, number[]>> {
  const costs = new Map<string, number[]>(systems.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let place = 0; place < systems.length; place++) {
      const { name, sample } = systems[(round + place) % systems.length]!;
      const cost = await sample();
      if (round > 0) {
        costs.get(name)!.push(cost);
      }
    }
  }
  return costs;
}

async function openSystem(name: string, rootDir: string, env: Record<string, string>): Promise<System> {
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0)) {
      await closer();
    }
  };
  try {
    const redis = await startRedis({ appendOnly: true });
    closers.unshift(() => redis.close());
    const nats = await startNats({ jetStream: true });
    closers.unshift(() => nats.close());
    const cluster = await startCluster({
      ...{ rootDir, env, redisUrl: redis.url, natsUrl: nats.url },
      logLevel: 'warn',
    });
    closers.unshift(() => cluster.close());
    await cluster.ready();
    const clients = await connectLoginClients(cluster);
    closers.unshift(() => clients.forEach((client) => client.close()));
    const pids = [...services.map((service) => cluster.process(service).pid), redis.pid, nats.pid];
    let visits = 0;
    const sample = async (): Promise<number> => {
      const beforeUs = cpuUsOfAll(pids);
      await visit(clients, (visits += 1));
      return (cpuUsOfAll(pids) - beforeUs) / (clients.length * roomsPerUser);
    };
    return { name, sample, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function cpuUsOfAll(pids: readonly (number | undefined)[]): number {
  return pids.reduce<number>((sum, pid) => sum + exactCpuUsOfThreads(pid!), 0);
}

/** Every client enters its rooms, one after the other, and leaves them. */
async function visit(clients: LoginClient[], number: number): Promise<void> {
  const roomOf = (room: number, index: number): string =>
    `room-${number}-${room}-${Math.floor(index / usersPerRoom)}`;
  await Promise.all(
    clients.map(async (client, index) => {
      for (let room = 0; room < roomsPerUser; room++) {
        await client.enter(roomOf(room, index));
      }
      for (let room = 0; room < roomsPerUser; room++) {
        await client.leave(roomOf(room, index));
      }
    }),
  );
}
