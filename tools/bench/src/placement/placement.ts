import { chooseNode } from '@polyroom/placement';
import { type BenchResult } from '../report.js';
import { createPopulation, seededRandom } from './population.js';
import { type Outcome, simulate, type SimulationOptions, type Strategy } from './simulation.js';

const users = 100_000;
const seed = 1;
/**
 * Of 16 cores, from `npm run bench -- media`; enough nodes that the mean load is well below the limit for
 * joining others.
 */
const options: SimulationOptions = {
  nodes: 200,
  packetsPerSecondOfNode: 16 * 78_000,
  loginsPerReport: 1000,
};

const placementChooser = 'libs/placement';
const companyLoadLimit = 0.7;

/**
 * Simulates the placement of a hundred thousand users with overlapping rooms, by the rule of `libs/placement`
 * and by simpler ones, and reports pipes, traffic between nodes and load. Starts no process.
 */
export async function placement(_rootDir: string): Promise<BenchResult> {
  const population = createPopulation(users, seededRandom(seed));
  const outcomes = Object.entries(strategies(seededRandom(seed + 1))).map(
    ([name, strategy]): [string, Outcome] => [name, simulate(population, strategy, options)],
  );
  const byName = Object.fromEntries(outcomes);
  const [chosen, random, hashed] = [
    byName[placementChooser]!,
    byName['random']!,
    byName['hash of the room']!,
  ];
  return {
    figures: {
      pipesVsRandom: chosen.pipes / random.pipes,
      pipesVsRoomHash: chosen.pipes / hashed.pipes,
      imbalance: chosen.imbalance,
      imbalanceOfRoomHash: hashed.imbalance,
    },
    columns: [
      '',
      'pipes',
      'Gbit/s between nodes',
      'played from another node',
      'mean load',
      'busiest',
      'busiest/mean',
    ],
    rows: outcomes.map(([name, outcome]) => [
      name,
      outcome.pipes,
      outcome.pipedBitsPerSecond / 1e9,
      outcome.remoteShare,
      outcome.meanLoad,
      outcome.highestLoad,
      outcome.imbalance,
    ]),
    notes: [
      `${users} users on ${options.nodes} nodes: classes of 30 with groups of 6, shared teachers, talk groups across classes, events of 2000`,
      'each user is placed by the first room; a load of 1 is all cores of a node',
    ],
  };
}

function strategies(random: () => number): Record<string, Strategy> {
  return {
    [placementChooser]: ({ companyNodeIds, reports }) =>
      chooseNode(reports, { nowMs: 0, preferNodeIds: companyNodeIds })!,
    'most company': ({ companyNodeIds, reports }) => {
      const counts = new Map<string, number>();
      companyNodeIds.forEach((id) => counts.set(id, (counts.get(id) ?? 0) + 1));
      const open = new Set(
        reports.filter(({ cpuLoad }) => cpuLoad < companyLoadLimit).map(({ nodeId }) => nodeId),
      );
      const [best] = [...counts].filter(([id]) => open.has(id)).sort((l, r) => r[1] - l[1]);
      return best?.[0] ?? chooseNode(reports, { nowMs: 0 })!;
    },
    'least load': ({ reports }) => chooseNode(reports, { nowMs: 0 })!,
    'hash of the room': ({ firstRoom, reports }) =>
      reports[(Math.imul(firstRoom + 1, 0x9e3779b1) >>> 0) % reports.length]!.nodeId,
    random: ({ reports }) => reports[Math.floor(random() * reports.length)]!.nodeId,
  };
}
