import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.js';
import { readCpuSeconds } from './process-cost.js';
import { type Counts, type Latencies, type SwarmPlan } from './swarm.js';

export interface Shape {
  name: string;
  rooms: number;
  membersPerRoom: number;
  senders: number;
  window: number;
  pacedPerSecond: number;
  /** Padding of each message in bytes, 96 by default. */
  paddingBytes?: number;
}

export interface Sample {
  deliveriesPerSecond: number;
  /** CPU time of all the system's processes per delivery. */
  cpuUsPerDelivery: number;
  byProcess: Record<string, number>;
  latencies: Latencies;
}

export interface ContenderOptions {
  name: string;
  kind: SwarmPlan['kind'];
  ports: number[];
  pids: Record<string, number>;
  appId?: number;
  appSign?: string;
}

const warmUpMs = 700;
const settleMs = 6000;
/** An overloaded machine refuses some messages. More is a limit that the benchmark has run into. */
const mostRefusedShare = 0.05;
let swarms = 0;

/** One system with its own swarm of clients. */
export class Contender {
  readonly name: string;
  /** Messages so far without an acknowledgement. */
  refused = 0;

  private constructor(
    private readonly options: ContenderOptions,
    private readonly swarm: Child,
    private readonly shape: Shape,
  ) {
    this.name = options.name;
  }

  static async join(options: ContenderOptions, shape: Shape): Promise<Contender> {
    const swarm = await Child.start('swarm-main', [], false);
    const { kind, ports, appId, appSign } = options;
    await swarm.ask({
      order: 'open',
      plan: {
        ...{ kind, ports, prefix: `s${++swarms}` },
        ...(appId === undefined ? {} : { appId }),
        ...(appSign === undefined ? {} : { appSign }),
        ...{ rooms: shape.rooms, membersPerRoom: shape.membersPerRoom, senders: shape.senders },
        ...(shape.paddingBytes === undefined ? {} : { paddingBytes: shape.paddingBytes }),
      },
    });
    return new Contender(options, swarm, shape);
  }

  /** Saturates the system. */
  async saturate(durationMs: number): Promise<Sample> {
    await this.swarm.ask({ order: 'saturate', window: this.shape.window });
    return this.measure(durationMs);
  }

  /** A fixed schedule that leaves the system idle most of the time. */
  async pace(durationMs: number): Promise<Sample> {
    await this.swarm.ask({ order: 'pace', perSecond: this.shape.pacedPerSecond });
    return this.measure(durationMs);
  }

  /** Makes another member stop reading. */
  async stall(): Promise<void> {
    await this.swarm.ask({ order: 'stall' });
  }

  /** Makes it read again. */
  async readAgain(): Promise<void> {
    await this.swarm.ask({ order: 'readAgain' });
  }

  /** The close codes that the stalled members received once they read again. */
  async closeCodes(): Promise<number[]> {
    return (await this.counts()).closeCodes;
  }

  close(): Promise<void> {
    return this.swarm.close();
  }

  private async measure(durationMs: number): Promise<Sample> {
    await sleep(warmUpMs);
    const startedAtMs = performance.now();
    const before = { counts: await this.counts(), cpu: this.readCpu() };
    await sleep(durationMs);
    const after = { counts: await this.counts(), cpu: this.readCpu() };
    const seconds = (performance.now() - startedAtMs) / 1000;
    const latencies = await this.swarm.ask<Latencies>({ order: 'stop' });
    await this.settle();
    const deliveries = after.counts.deliveries - before.counts.deliveries;
    if (deliveries === 0) {
      throw new Error(`${this.name}: nothing was delivered to ${this.shape.name}`);
    }
    const byProcess = Object.fromEntries(
      Object.keys(after.cpu).map((name) => [
        name,
        ((after.cpu[name]! - before.cpu[name]!) / deliveries) * 1e6,
      ]),
    );
    return {
      deliveriesPerSecond: deliveries / seconds,
      cpuUsPerDelivery: Object.values(byProcess).reduce((sum, cost) => sum + cost, 0),
      byProcess,
      latencies,
    };
  }

  private counts(): Promise<Counts> {
    return this.swarm.ask<Counts>({ order: 'counts' });
  }

  /** Waits until nothing is in flight, so that the next measurement does not pay for this one. */
  private async settle(): Promise<void> {
    const givenUpAtMs = performance.now() + settleMs;
    for (let last = -1; ;) {
      const { deliveries, sent, acknowledged } = await this.counts();
      const isAnswered = this.options.kind !== 'polyroom' || acknowledged === sent;
      if (deliveries === last && (isAnswered || performance.now() > givenUpAtMs)) {
        // An overloaded machine may refuse messages; the result reports how many.
        this.refused = this.options.kind === 'polyroom' ? sent - acknowledged : 0;
        if (this.refused > sent * mostRefusedShare) {
          throw new Error(`${this.name} refused ${this.refused} of ${sent} messages to ${this.shape.name}`);
        }
        return;
      }
      last = deliveries;
      await sleep(300);
    }
  }

  private readCpu(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.options.pids).map(([name, pid]) => [name, readCpuSeconds(pid)]),
    );
  }
}
