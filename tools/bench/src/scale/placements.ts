import { type NodeReport } from '@polyroom/contracts';
import { chooseNode, meanSessionLoad, withPlaced } from '@polyroom/placement';

/** Sessions that a media node is to carry; more users come with more nodes. */
const sessionsPerNode = 500;
/** Load of a node with so many sessions. */
const fullLoad = 0.6;
/** Nodes report every second; at 2000 new sessions a second, that is between this many. */
const sessionsPerReport = 2000;
const measuredChoices = 2000;

/** The media node of each session, chosen as a gateway does it: by the reports of the nodes and by the first room. */
export class Placements {
  private reports = new Map<string, NodeReport>();
  private readonly sessions = new Map<string, number>();
  private readonly nodeIds: (string | undefined)[] = [];
  private readonly nodeIdByRoom = new Map<string, string>();
  private placed = 0;

  /** Adds the nodes that so many users need. */
  growTo(users: number): void {
    const nodes = Math.ceil(users / sessionsPerNode) + 1;
    for (let number = this.sessions.size + 1; number <= nodes; number++) {
      this.sessions.set(`nd_${number}`, 0);
    }
    this.report();
  }

  get nodes(): number {
    return this.sessions.size;
  }

  /** The node of a user, chosen when it is asked for first. */
  nodeOf(user: number, firstRoom: string): string {
    return (this.nodeIds[user] ??= this.place(firstRoom));
  }

  /** Sessions of the busiest node to the mean. */
  get imbalance(): number {
    const sessions = [...this.sessions.values()];
    const mean = sessions.reduce((sum, count) => sum + count, 0) / sessions.length;
    return Math.max(...sessions) / mean;
  }

  /** CPU time of the choice for a user who is the first one of a room, and for one who is not, in µs. */
  costUs(): { first: number; next: number } {
    const anywhere = [...this.sessions.keys()][0]!;
    const measure = (preferNodeIds: string[]): number => {
      const reports = this.reports;
      this.reports = new Map(reports);
      const before = process.cpuUsage();
      for (let count = 0; count < measuredChoices; count++) {
        this.choose(preferNodeIds);
      }
      const { system, user } = process.cpuUsage(before);
      this.reports = reports;
      return (system + user) / measuredChoices;
    };
    // The first ones compile the code.
    measure([]);
    return { first: measure([]), next: measure([anywhere]) };
  }

  private place(firstRoom: string): string {
    const company = this.nodeIdByRoom.get(firstRoom);
    const nodeId = this.choose(company === undefined ? [] : [company]);
    this.nodeIdByRoom.set(firstRoom, nodeId);
    this.sessions.set(nodeId, this.sessions.get(nodeId)! + 1);
    this.placed += 1;
    if (this.placed % sessionsPerReport === 0) {
      this.report();
    }
    return nodeId;
  }

  /** As `MediaNodes` of libs/session. */
  private choose(preferNodeIds: string[]): string {
    const reports = [...this.reports.values()];
    const nodeId = chooseNode(reports, { nowMs: 0, preferNodeIds, region: 'local' })!;
    this.reports.set(nodeId, withPlaced(this.reports.get(nodeId)!, meanSessionLoad(reports)));
    return nodeId;
  }

  private report(): void {
    for (const [nodeId, sessions] of this.sessions) {
      this.reports.set(nodeId, {
        ...{ nodeId, sessions, state: 'active', region: 'local', workers: 8, atMs: 0, incarnation: '1' },
        cpuLoad: (sessions / sessionsPerNode) * fullLoad,
      });
    }
  }
}
