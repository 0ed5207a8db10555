import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@polyroom/testing';
import { Actor } from './actor.js';
import { BusDevice } from './bus-device.js';
import { checkHistory } from './checker.js';
import { type Device, type Path } from './device.js';
import { Faults, type FaultKind } from './faults.js';
import { type CheckedUser, History } from './history.js';
import { Pacer } from './pacer.js';
import { type Random } from './random.js';
import { SocketDevice } from './socket-device.js';
import { StoreDevice } from './store-device.js';
import { type Tally } from './tally.js';
import { type Violation } from './violations.js';
import { ownGatewayId, timing, type World } from './world.js';

/** Devices of each user, by path. */
const actorsPerUser: Record<Exclude<Path, 'naive'>, number> = { gateway: 3, bus: 1, store: 2 };
const busStepsPerSecond = 300;
const controlEveryMs = 250;
const firstFaultMs = 2000;
const faultEveryMs = 2500;
/** Until the last of what was cut is reaped, beside lease and grace: a reaper that dies is followed after 5 s. */
const settleMs = 25_000;

export interface RoundOptions {
  world: World;
  random: Random;
  faultKinds: readonly FaultKind[];
  durationMs: number;
  operations: number;
  tally: Tally;
  log: (line: string) => void;
}

export interface RoundResult {
  violations: Violation[];
  faults: Faults;
}

/** Everyone does everything while things break; then all leave, nothing may be left, and the histories are read. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const round = new Round(options);
  return round.run();
}

class Round {
  private readonly histories = new Map<CheckedUser, History>();
  private readonly sockets = new Map<string, Set<SocketDevice>>();
  private readonly pacers = {
    gateway: new Pacer(Infinity),
    bus: new Pacer(busStepsPerSecond),
    store: new Pacer(100),
  };
  private readonly startedAtMs = performance.now();
  private readonly countedBefore: number;
  private done = false;

  constructor(private readonly options: RoundOptions) {
    this.countedBefore = options.tally.total;
    options.world.users.forEach((user) => this.histories.set(user, new History(user)));
  }

  async run(): Promise<RoundResult> {
    const { world, random, durationMs, log } = this.options;
    const faults = new Faults(world, random.derive('faults'), (name) => this.loseGateway(name), log);
    const acting = Promise.all(this.createActors().map((actor) => actor.run()));
    const breaking = this.breakThings(faults);
    while (performance.now() - this.startedAtMs < durationMs) {
      await sleep(controlEveryMs);
      this.control();
    }
    await breaking;
    this.done = true;
    await acting;
    const violations = await this.checkNothingLeft();
    for (const [user, { operations }] of this.histories) {
      violations.push(...checkHistory({ user, operations, redisFaults: faults.redis, timing }));
    }
    return { violations, faults };
  }

  private createActors(): Actor[] {
    const actors: Actor[] = [];
    for (const [user, history] of this.histories) {
      const roomIds = Array.from({ length: user.limit + 3 }, (_, index) => `room-${index}`);
      for (const path of ['gateway', 'bus', 'store'] as const) {
        for (let index = 0; index < actorsPerUser[path]; index++) {
          const random = this.options.random.derive(`${user.userId} ${path} ${index}`);
          actors.push(
            new Actor({
              history,
              random,
              roomIds,
              open: () => this.open(path, user, random),
              mayGoOn: () => this.mayGoOn(path),
              count: (operation, device) => {
                this.options.tally.add(operation, device);
                this.pacers[path].charge(1);
              },
              cutWeight: path === 'gateway' ? 1 : 3,
            }),
          );
        }
      }
    }
    return actors;
  }

  private async mayGoOn(path: Exclude<Path, 'naive'>): Promise<boolean> {
    if (!this.done && path !== 'gateway') {
      await this.pacers[path].take();
    }
    return !this.done;
  }

  private async open(
    path: Exclude<Path, 'naive'>,
    user: CheckedUser,
    random: Random,
  ): Promise<Device | undefined> {
    const { world } = this.options;
    if (path === 'bus') {
      return new BusDevice(world.bus, user, ownGatewayId);
    }
    if (path === 'store') {
      return new StoreDevice(world.store, user, ownGatewayId, random);
    }
    const gateway = random.pick(world.cluster.gateways);
    const device = await SocketDevice.connect(gateway.wsUrl, user);
    if (device === undefined) {
      await sleep(100);
      return undefined;
    }
    const ofGateway = this.sockets.get(gateway.name) ?? new Set();
    this.sockets.set(gateway.name, ofGateway.add(device));
    return device;
  }

  /** A gateway that stands still loses its sessions: its clients give it up, as real ones do. */
  private loseGateway(name: string): void {
    this.sockets.get(name)?.forEach((device) => device.abandon());
    this.sockets.delete(name);
  }

  private async breakThings(faults: Faults): Promise<void> {
    await sleep(firstFaultMs);
    for (const kind of this.options.faultKinds) {
      if (performance.now() - this.startedAtMs > this.options.durationMs) {
        return;
      }
      await faults.inject(kind);
      await sleep(faultEveryMs);
    }
  }

  /** What the slower paths do not do in time, the commands themselves are asked to do. */
  private control(): void {
    const { durationMs, operations, tally } = this.options;
    const elapsedMs = performance.now() - this.startedAtMs;
    const remainingSeconds = Math.max(0.5, (durationMs - elapsedMs - 1000) / 1000);
    const done = tally.total - this.countedBefore;
    this.pacers.store.ratePerSecond = Math.max(100, (operations - done) / remainingSeconds);
  }

  private async checkNothingLeft(): Promise<Violation[]> {
    const { world } = this.options;
    let left: string[] = [];
    try {
      await waitFor(
        async () => {
          left = await world.leftovers();
          return left.length === 0;
        },
        {
          timeoutMs: timing.graceMs + timing.leaseMs + settleMs,
          describe: 'nothing to be left',
          intervalMs: 250,
        },
      );
      return [];
    } catch {
      const text = `all have left, and these keys are there: ${left.slice(0, 12).join(' ')}`;
      return [{ rule: 'free', user: world.users[0]!, text, operations: [] }];
    }
  }
}
