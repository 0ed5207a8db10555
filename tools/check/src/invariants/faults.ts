import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisFault } from './history.js';
import { type Random } from './random.js';
import { timing, type World } from './world.js';

export const faultKinds = [
  'kill a gateway',
  'stop a gateway for less than half a lease',
  'stop a gateway for two leases',
  'kill a room instance',
  'stop a room instance for less than half a lease',
  'stop a room instance for two leases',
  'restart Redis',
  'kill Redis',
] as const;
export type FaultKind = (typeof faultKinds)[number];

const shortStopMs = timing.leaseMs * 0.45;
const longStopMs = timing.leaseMs * 2;
const downMs = 300;

/** Injects faults into the world in the order of the seed, one at a time. */
export class Faults {
  readonly redis: RedisFault[] = [];
  readonly counts = new Map<FaultKind, number>();

  constructor(
    private readonly world: World,
    private readonly random: Random,
    /** Called before a gateway is stopped for so long that it loses its sessions. */
    private readonly onGatewayLost: (name: string) => void,
    /** Called when Redis is back after a kill, without its last writes. */
    private readonly onWritesLost: (killedAtMs: number) => Promise<void>,
    private readonly log: (line: string) => void,
  ) {}

  async inject(kind: FaultKind): Promise<void> {
    const { cluster } = this.world;
    const gateway = this.random.pick(cluster.gateways).name;
    const room = this.random.pick(['room-1', 'room-2']);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.log(
      `${kind}${kind.includes('gateway') ? `: ${gateway}` : kind.includes('room') ? `: ${room}` : ''}`,
    );
    switch (kind) {
      case 'kill a gateway':
        cluster.process(gateway).kill('SIGKILL');
        break;
      case 'stop a gateway for less than half a lease':
        await this.stop(gateway, shortStopMs);
        break;
      case 'stop a gateway for two leases':
        this.onGatewayLost(gateway);
        await this.stop(gateway, longStopMs);
        break;
      case 'kill a room instance':
        cluster.process(room).kill('SIGKILL');
        break;
      case 'stop a room instance for less than half a lease':
        await this.stop(room, shortStopMs);
        break;
      case 'stop a room instance for two leases':
        await this.stop(room, longStopMs);
        break;
      case 'restart Redis':
        await this.restartRedis('SIGTERM');
        break;
      case 'kill Redis':
        await this.restartRedis('SIGKILL');
        break;
    }
    await cluster.ready();
  }

  private async stop(name: string, forMs: number): Promise<void> {
    const stopped = this.world.cluster.process(name);
    stopped.kill('SIGSTOP');
    await sleep(forMs);
    stopped.kill('SIGCONT');
  }

  private async restartRedis(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const fault: RedisFault = { fromMs: performance.now(), toMs: Infinity, lossy: signal === 'SIGKILL' };
    this.redis.push(fault);
    const server = this.random.pick(this.world.redisServers);
    await server.kill(signal);
    await sleep(downMs);
    await server.restart();
    await this.world.redisReady();
    fault.toMs = performance.now();
    if (fault.lossy) {
      await this.onWritesLost(fault.fromMs);
    }
  }
}
