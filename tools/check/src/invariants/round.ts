import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@polyroom/testing';
import { Actor } from './actor.js';
import { BusDevice } from './bus-device.js';
import { checkHistory } from './checker.js';
import { type Device, type Path } from './device.js';
import { Faults, type FaultKind } from './faults.js';
import { type CheckedUser, History, lossMs } from './history.js';
import { Pacer } from './pacer.js';
import { type Random } from './random.js';
import { SocketDevice } from './socket-device.js';
import { StoreDevice } from './store-device.js';
import { type Tally } from './tally.js';
import { type Violation } from './violations.js';
import { ownGatewayId, timing, type World } from './world.js';

/** Devices of each user, by path. */
const actorsPerUser: Record<Exclude<Path, 'naive'>, number> = { gateway: 4, bus: 1, store: 4 };
/** The rate aims a little above the target: faults and pending answers cost time at the end. */
const aheadBy = 1.04;
const controlEveryMs = 250;
/** Steps a second through gateways, limited so that the other paths get CPU time. */
const gatewayRate = { first: 1500, least: 60, most: 8000 };
const busShare = 0.5;
const mostLeftShown = 12;
const firstFaultMs = 2000;
const faultEveryMs = 2500;
/** A device that was cut so long before a kill of Redis has ended for good, also if its cut took a while. */
const rememberedMs = 2 * lossMs;
/**
 * Until the last session is reaped, beyond lease and grace; a sweep finds the rest every 30 s, and a scan the events of
 * crashed instances every 30 to 45 s.
 */
const settleMs = 60_000;

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

/**
 * All actors act while faults are injected; then all leave, no key may be left, and the histories are
 * checked.
 */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const round = new Round(options);
  return round.run();
}

class Round {
  private readonly histories = new Map<CheckedUser, History>();
  private readonly sockets = new Set<SocketDevice>();
  /** Devices without a socket that ended in the last seconds, oldest first. */
  private readonly recentlyGone: { device: Device; atMs: number }[] = [];
  private readonly pacers = {
    gateway: new Pacer(gatewayRate.first),
    bus: new Pacer(gatewayRate.first * busShare),
    store: new Pacer(1000),
  };
  private readonly startedAtMs = performance.now();
  private readonly countedBefore: number;
  private done = false;
  private lastControl = { done: 0, atMs: performance.now() };

  constructor(private readonly options: RoundOptions) {
    this.countedBefore = options.tally.total;
    options.world.users.forEach((user) => this.histories.set(user, new History(user)));
  }

  async run(): Promise<RoundResult> {
    const { world, random, durationMs, log } = this.options;
    const faults = new Faults(
      world,
      random.derive('faults'),
      (name) => this.loseGateway(name),
      (killedAtMs) => this.endAgain(killedAtMs),
      log,
    );
    const acting = Promise.all(this.createActors().map((actor) => actor.run()));
    const breaking = this.breakThings(faults);
    while (performance.now() - this.startedAtMs < durationMs) {
      await sleep(controlEveryMs);
      this.control();
    }
    await breaking;
    this.done = true;
    await acting;
    log('all have left');
    const violations = await this.checkNothingLeft();
    log(`${violations.length === 0 ? 'no key is' : 'keys are'} left; checking the histories`);
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
              mayGoOn: (operations) => this.mayGoOn(path, operations),
              count: (operation, device) => this.options.tally.add(operation, device),
              onGone: (device) => this.noteGone(device),
              cutWeight: path === 'gateway' ? 1 : 3,
            }),
          );
        }
      }
    }
    return actors;
  }

  private async mayGoOn(path: Exclude<Path, 'naive'>, operations: number): Promise<boolean> {
    if (!this.done) {
      await this.pacers[path].take(operations);
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
    const device = await SocketDevice.open(world.cluster, user, random);
    if (device === undefined) {
      await sleep(100);
      return undefined;
    }
    this.sockets.add(device);
    return device;
  }

  /** A stopped gateway loses its sessions: its clients abandon it, as real ones do. */
  private loseGateway(name: string): void {
    for (const device of this.sockets) {
      if (device.gatewayName === name) {
        device.abandon();
        this.sockets.delete(device);
      }
    }
  }

  private noteGone(device: Device): void {
    if (device instanceof SocketDevice) {
      this.sockets.delete(device);
      return;
    }
    const nowMs = performance.now();
    this.recentlyGone.push({ device, atMs: nowMs });
    while (this.recentlyGone[0]!.atMs < nowMs - rememberedMs) {
      this.recentlyGone.shift();
    }
  }

  /**
   * Redis may have lost the ends of these devices. A gateway finds sessions that it does not hold in its list; this
   * process holds none of them, and ends them again.
   */
  private async endAgain(killedAtMs: number): Promise<void> {
    const gone = this.recentlyGone.filter(({ atMs }) => atMs > killedAtMs - rememberedMs);
    await Promise.all(gone.map(({ device }) => device.cut()));
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

  /**
   * Most operations should go through gateways, and all must complete in time: the Lua commands are called
   * directly for what gateways cannot keep up with, and then gateways get fewer operations.
   */
  private control(): void {
    const { durationMs, operations, tally } = this.options;
    const nowMs = performance.now();
    const remainingSeconds = Math.max(0.5, (durationMs - (nowMs - this.startedAtMs)) / 1000);
    const done = tally.total - this.countedBefore;
    const neededRate = Math.max(0, operations * aheadBy - done) / remainingSeconds;
    const rate = (done - this.lastControl.done) / ((nowMs - this.lastControl.atMs) / 1000);
    this.lastControl = { done, atMs: nowMs };
    const { gateway, bus, store } = this.pacers;
    const wished = gateway.ratePerSecond * (rate < neededRate * 0.95 ? 0.93 : 1.05);
    gateway.ratePerSecond = Math.min(gatewayRate.most, Math.max(gatewayRate.least, wished));
    bus.ratePerSecond = gateway.ratePerSecond * busShare;
    // A little more than is needed, as a reserve for faults.
    store.ratePerSecond = Math.max(50, neededRate * 1.2);
  }

  private async checkNothingLeft(): Promise<Violation[]> {
    const { world } = this.options;
    let left: string[] = [];
    try {
      await waitFor(
        async () => {
          // As a gateway does periodically: a login that was stopped may be admitted long after its caller
          // has timed out.
          await world.reconcileOwn();
          left = await world.leftovers();
          return left.length === 0;
        },
        {
          timeoutMs: timing.graceMs + timing.leaseMs + settleMs,
          describe: 'no key to be left',
          intervalMs: 250,
        },
      );
      return [];
    } catch {
      const shown = await world.show(left.slice(0, mostLeftShown));
      const text = [`all have left, and ${left.length} keys are there at ${Date.now()}:`, ...shown].join(
        '\n',
      );
      return [{ rule: 'free', user: world.users[0]!, text, operations: [], context: [] }];
    }
  }
}
