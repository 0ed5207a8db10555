import { type NodeReport } from '@polyroom/contracts';
import { meanSessionLoad, withPlaced } from '@polyroom/placement';
import { type Population } from './population.js';

/** The input of a strategy when a user joins. */
export interface Arrival {
  firstRoom: number;
  /** The nodes of the users already in that room, one entry for each user. */
  companyNodeIds: readonly string[];
  reports: readonly NodeReport[];
}

export type Strategy = (arrival: Arrival) => string;

export interface Outcome {
  /** Streams carried to another node, counted once per node. */
  pipes: number;
  pipedBitsPerSecond: number;
  /** Share of the played streams that come from another node. */
  remoteShare: number;
  /** The busiest node relative to the mean. */
  imbalance: number;
  meanLoad: number;
  highestLoad: number;
}

export interface SimulationOptions {
  nodes: number;
  /** What a node can forward with all its cores busy. */
  packetsPerSecondOfNode: number;
  /** Logins between two reports of a node. */
  loginsPerReport: number;
}

interface Node {
  id: string;
  packetsPerSecond: number;
  sessions: number;
}

/** All users join, are placed, and play the streams of their rooms, each stream once. */
export function simulate(population: Population, strategy: Strategy, options: SimulationOptions): Outcome {
  const nodes: Node[] = Array.from({ length: options.nodes }, (_, index) => ({
    id: `nd_${index + 1}`,
    packetsPerSecond: 0,
    sessions: 0,
  }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const nodeOf: Node[] = [];
  const membersOf = new Map<number, number[]>();
  const plays = Array.from({ length: population.users }, () => new Set<number>());
  const pipes = new Map<number, Set<Node>>();
  const outcome = { played: 0, remote: 0, pipes: 0, pipedBitsPerSecond: 0 };

  const play = (viewer: number, stream: number, publisher: number): void => {
    if (plays[viewer]!.has(stream)) {
      return;
    }
    plays[viewer]!.add(stream);
    const { bitsPerSecond, packetsPerSecond } = population.streams[stream]!;
    const [from, to] = [nodeOf[publisher]!, nodeOf[viewer]!];
    to.packetsPerSecond += packetsPerSecond;
    outcome.played += 1;
    if (from === to) {
      return;
    }
    outcome.remote += 1;
    const targets = pipes.get(stream) ?? new Set();
    pipes.set(stream, targets);
    if (!targets.has(to)) {
      targets.add(to);
      from.packetsPerSecond += packetsPerSecond;
      outcome.pipes += 1;
      outcome.pipedBitsPerSecond += bitsPerSecond;
    }
  };

  let reports: NodeReport[] = [];
  let sessionLoad = 0;
  for (const [index, user] of population.arrivals.entries()) {
    if (index % options.loginsPerReport === 0) {
      reports = nodes.map((node) => reportOf(node, options));
      sessionLoad = meanSessionLoad(reports);
    }
    const rooms = population.roomsOf[user]!;
    const company = (membersOf.get(rooms[0]!) ?? []).map((member) => nodeOf[member]!.id);
    const node = byId.get(strategy({ firstRoom: rooms[0]!, companyNodeIds: company, reports }))!;
    nodeOf[user] = node;
    node.sessions += 1;
    // As in a gateway: a placement counts immediately.
    const place = nodes.indexOf(node);
    reports[place] = withPlaced(reports[place]!, sessionLoad);
    for (const room of rooms) {
      const members = membersOf.get(room) ?? [];
      membersOf.set(room, members);
      const own = population.streamOf.get(`${user}/${room}`);
      for (const member of members) {
        const shown = population.streamOf.get(`${member}/${room}`);
        if (shown !== undefined) {
          play(user, shown, member);
        }
        if (own !== undefined) {
          play(member, own, user);
        }
      }
      members.push(user);
    }
  }
  const loads = nodes.map(({ packetsPerSecond }) => packetsPerSecond / options.packetsPerSecondOfNode);
  const meanLoad = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  const highestLoad = Math.max(...loads);
  return {
    pipes: outcome.pipes,
    pipedBitsPerSecond: outcome.pipedBitsPerSecond,
    remoteShare: outcome.remote / outcome.played,
    imbalance: highestLoad / meanLoad,
    meanLoad,
    highestLoad,
  };
}

function reportOf(node: Node, { packetsPerSecondOfNode }: SimulationOptions): NodeReport {
  return {
    nodeId: node.id,
    state: 'active',
    region: 'local',
    cpuLoad: Math.min(1, node.packetsPerSecond / packetsPerSecondOfNode),
    sessions: node.sessions,
    workers: 1,
    atMs: 0,
    incarnation: '1',
  };
}
