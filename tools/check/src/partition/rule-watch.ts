import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, type GatewayAddress } from '@polyroom/cluster';
import { Actor } from '../invariants/actor.js';
import { checkHistory } from '../invariants/checker.js';
import { type AppPlan } from '../invariants/checked-users.js';
import { type CheckedUser, History, type RedisFault } from '../invariants/history.js';
import { Pacer } from '../invariants/pacer.js';
import { type Random } from '../invariants/random.js';
import { SocketDevice } from '../invariants/socket-device.js';
import { type Timing } from '../invariants/spans.js';
import { Tally } from '../invariants/tally.js';
import { describeViolation } from '../invariants/violations.js';

export const plans: AppPlan[] = [
  { policy: 'share', mode: 'multi', limit: 3, users: 3 },
  { policy: 'kickOld', mode: 'multi', limit: 3, users: 3 },
  { policy: 'refuseNew', mode: 'multi', limit: 2, users: 1 },
  { policy: 'share', mode: 'single', limit: 1, users: 1 },
];
const devicesPerUser = 2;
const operationsPerSecond = 20;
const openAgainMs = 100;
/** Users of a cut gateway do not come back at once. */
const cutWeight = 1;

/** Careless users of the gateways that can be reached; what they were answered must follow the rules of rooms. */
export class RuleWatch {
  readonly tally = new Tally();
  private readonly storeFaults: RedisFault[] = [];
  private readonly histories: History[];
  private readonly devices = new Set<SocketDevice>();
  private readonly pacer = new Pacer(operationsPerSecond);
  private readonly unreachable = new Set<string>();
  private readonly acting: Promise<void>[];
  private isDone = false;

  constructor(
    private readonly cluster: Pick<Cluster, 'gateways'>,
    private readonly users: readonly CheckedUser[],
    private readonly random: Random,
    private readonly timing: Timing,
  ) {
    this.histories = users.map((user) => new History(user));
    this.acting = this.histories.flatMap((history) =>
      Array.from({ length: devicesPerUser }, (_, index) => this.createActor(history, index).run()),
    );
  }

  /** Devices of a gateway that is cut off: their rooms are unknown, and no device connects to it. */
  loseGateway(name: string): void {
    this.unreachable.add(name);
    for (const device of this.devices) {
      if (device.gatewayName === name) {
        device.abandon();
        this.devices.delete(device);
      }
    }
  }

  regainGateway(name: string): void {
    this.unreachable.delete(name);
  }

  /** Requests that were made while a store could not be reached may have taken effect although they were refused. */
  beginStoreFault(): RedisFault {
    const fault: RedisFault = { fromMs: performance.now(), toMs: Infinity, lossy: false };
    this.storeFaults.push(fault);
    return fault;
  }

  /** All users leave; returns what broke a rule. */
  async finish(): Promise<string[]> {
    this.isDone = true;
    await Promise.all(this.acting);
    return this.histories
      .flatMap(({ user, operations }) =>
        checkHistory({ user, operations, redisFaults: this.storeFaults, timing: this.timing }),
      )
      .map(describeViolation);
  }

  private createActor(history: History, index: number): Actor {
    const { user } = history;
    const random = this.random.derive(`${user.userId} ${index}`);
    return new Actor({
      history,
      random,
      roomIds: Array.from({ length: user.limit + 2 }, (_, room) => `room-${room}`),
      open: () => this.open(user, random),
      mayGoOn: (operations) => this.mayGoOn(operations),
      count: (operation, device) => this.tally.add(operation, device),
      onGone: (device) => this.devices.delete(device as SocketDevice),
      cutWeight,
    });
  }

  private get reachable(): GatewayAddress[] {
    return this.cluster.gateways.filter(({ name }) => !this.unreachable.has(name));
  }

  private async open(user: CheckedUser, random: Random): Promise<SocketDevice | undefined> {
    const reachable = (): GatewayAddress[] => this.reachable;
    const cluster = {
      get gateways(): GatewayAddress[] {
        return reachable();
      },
    };
    const device = await SocketDevice.open(cluster, user, random);
    if (device === undefined) {
      await sleep(openAgainMs);
      return undefined;
    }
    this.devices.add(device);
    return device;
  }

  private async mayGoOn(operations: number): Promise<boolean> {
    if (!this.isDone) {
      await this.pacer.take(operations);
    }
    return !this.isDone;
  }
}
