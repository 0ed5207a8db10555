import { median } from '../interleave.js';
import { showProgress } from '../progress.js';
import { type BenchResult } from '../report.js';
import { Contender, type Sample, type Shape } from './contender.js';
import { measureGrowth } from './growth.js';
import { measureIdleMemory } from './idle-memory.js';
import { measureSlowReader } from './slow-reader.js';
import { startSystems, type Systems } from './systems.js';

const oneRoom: Shape = {
  ...{ name: '500 in one room', rooms: 1, membersPerRoom: 500 },
  ...{ senders: 20, window: 16, pacedPerSecond: 40 },
};
const manyRooms: Shape = {
  ...{ name: '100 rooms x 5', rooms: 100, membersPerRoom: 5 },
  ...{ senders: 100, window: 8, pacedPerSecond: 200 },
};
const sampleMs = 2500;
/** Twice as long: fewer messages are sent, so noise has a larger share. */
const idleSampleMs = 5000;

interface Series {
  saturated: Sample[];
  idle: Sample[];
}

/**
 * Measures the CPU time of all processes of a system per delivery, and the latency: Polyroom with its order,
 * rights and acknowledgements against plain ws and against socket.io with its Redis adapter, alternately.
 */
export async function fanOut(rootDir: string, args: string[] = []): Promise<BenchResult> {
  const rounds = args.includes('--quick') ? 2 : 6;
  const systems = await startSystems(rootDir);
  try {
    showProgress('memory of idle sockets');
    const memory = await measureIdleMemory(systems);
    const one = await compare(systems, oneRoom, rounds);
    const many = await compare(systems, manyRooms, Math.ceil(rounds / 2));
    const growth = await measureGrowth(
      systems,
      args.includes('--quick') ? [10, 500] : [10, 100, 500, 1000, 5000],
      // One gateway may cost twice as much in one round as in the next, so the median needs many rounds.
      rounds + 1,
    );
    const slow = await measureSlowReader(systems, rounds + 2);
    return {
      figures: {
        saturatedVsWs: ratioOf(one, 'ws', 'saturated'),
        saturatedVsSocketIo: ratioOf(one, 'socketIo', 'saturated'),
        idleVsWs: ratioOf(one, 'ws', 'idle'),
        idleAddedP50Ms: addedOf(one, 'p50Ms'),
        idleAddedP99Ms: addedOf(one, 'p99Ms'),
        saturatedVsWsManyRooms: ratioOf(many, 'ws', 'saturated'),
        saturatedVsSocketIoManyRooms: ratioOf(many, 'socketIo', 'saturated'),
        idleVsWsManyRooms: ratioOf(many, 'ws', 'idle'),
        ...growth.figures,
        ...slow.figures,
        ...memory.figures,
      },
      columns: ['', '', 'deliveries/s', 'CPU us/delivery', 'p50 ms', 'p99 ms', 'by process, us/delivery'],
      rows: [
        ...rowsOf(oneRoom, one),
        ...rowsOf(manyRooms, many),
        ...growth.rows,
        ...slow.rows,
        ...memory.rows,
      ],
      notes: [
        `medians of ${rounds} interleaved rounds after a warm-up; ratios are medians of the rounds' ratios`,
        'CPU is that of every process that a message goes through, bus and storage included; the load generator is not counted',
        'saturated: senders keep a fixed number of messages in flight; idle: a fixed schedule. Latency is from the call to the arrival at each member',
        `messages that Polyroom refused because the machine was overloaded: ${one.refused + many.refused}`,
        'memory: 3,000 sockets in rooms of 10, added to 1,000 existing ones, after garbage collection',
        'Polyroom numbers, authorises, stores and acknowledges every message; the others do none of it',
      ],
    };
  } finally {
    await systems.close();
  }
}

type Name = 'polyroom' | 'ws' | 'socketIo';
type Compared = Record<Name, Series> & { refused: number };
const names: Name[] = ['polyroom', 'ws', 'socketIo'];

async function compare(systems: Systems, shape: Shape, rounds: number): Promise<Compared> {
  const contenders: Record<Name, Contender> = {
    polyroom: await Contender.join(systems.polyroom, shape),
    ws: await Contender.join(systems.ws, shape),
    socketIo: await Contender.join(systems.socketIo, shape),
  };
  const series = Object.fromEntries(
    names.map((name) => [name, { saturated: [], idle: [] }]),
  ) as never as Compared;
  // The first round is a warm-up.
  for (let round = 0; round <= rounds; round++) {
    showProgress(`${shape.name}: round ${round} of ${rounds}`);
    for (const phase of ['saturated', 'idle'] as const) {
      for (const name of names) {
        const sample =
          phase === 'saturated'
            ? await contenders[name].saturate(sampleMs)
            : await contenders[name].pace(idleSampleMs);
        if (round > 0) {
          series[name][phase].push(sample);
        }
      }
    }
  }
  series.refused = contenders.polyroom.refused;
  await Promise.all(names.map((name) => contenders[name].close()));
  return series;
}

/** The ratio of deliveries per CPU time. */
function ratioOf(compared: Compared, other: Name, phase: keyof Series): number {
  return median(
    compared[other][phase].map(
      ({ cpuUsPerDelivery }, round) => cpuUsPerDelivery / compared.polyroom[phase][round]!.cpuUsPerDelivery,
    ),
  );
}

function addedOf(compared: Compared, at: 'p50Ms' | 'p99Ms'): number {
  return median(
    compared.polyroom.idle.map(
      ({ latencies }, round) => latencies[at] - compared.ws.idle[round]!.latencies[at],
    ),
  );
}

function rowsOf(shape: Shape, compared: Compared): (string | number)[][] {
  return names.flatMap((name) =>
    (['saturated', 'idle'] as const).map((phase) => {
      const samples = compared[name][phase];
      const of = (pick: (sample: Sample) => number): number => median(samples.map(pick));
      const byProcess = Object.keys(samples[0]!.byProcess)
        .map((process) => [process, of((sample) => sample.byProcess[process]!)] as const)
        .filter(([, cost]) => cost >= 0.005)
        .map(([process, cost]) => `${process} ${cost.toFixed(2)}`)
        .join(', ');
      const isIdle = phase === 'idle';
      return [
        `${shape.name}, ${phase}`,
        { polyroom: 'Polyroom', ws: 'ws', socketIo: 'socket.io' }[name],
        Math.round(of((sample) => sample.deliveriesPerSecond)),
        of((sample) => sample.cpuUsPerDelivery),
        isIdle ? of((sample) => sample.latencies.p50Ms) : '',
        isIdle ? of((sample) => sample.latencies.p99Ms) : '',
        byProcess,
      ];
    }),
  );
}
