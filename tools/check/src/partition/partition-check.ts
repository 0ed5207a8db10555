import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../invariants/random.js';
import { Load } from '../load/load.js';
import { LoadFigures } from '../load/load-figures.js';
import { credentialInTurn } from '../outage/known-app.js';
import { tryLogin } from '../outage/try-login.js';
import { CutFigures } from './figures.js';
import { readOptions, type PartitionOptions } from './options.js';
import { PartitionWorld, timing } from './partition-world.js';
import { RoomWatch } from './room-watch.js';
import { RuleWatch } from './rule-watch.js';

/** One of so many users who stay prefers the gateway that is cut off. */
const onCutGateway = 3;
const calmMs = 5000;
/** Servers that take what they send to a client for a sign of life. */
const forgetsSlowly = /v2\.[0-9]\./;
const pollMs = 100;
const giveUpMs = 60_000;
const probeDeadlineMs = 1000;
/**
 * Data on the way when a store is cut off arrives with the retransmission after the cut, the latest after as long again.
 */
const lateEffectMs = 90_000;

/** Runs in a network of its own. */
export async function runPartition(rootDir: string, args: string[]): Promise<boolean> {
  const options = readOptions(args);
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const elapsed = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${elapsed} s] ${line}\n`);
  };
  const world = await PartitionWorld.start(rootDir, options.verbose ? log : () => {});
  try {
    return await new PartitionCheck(world, options, log).run();
  } finally {
    await world.close();
  }
}

class PartitionCheck {
  private readonly calm = new LoadFigures();
  private readonly load: Load;
  private readonly rooms: RoomWatch;
  private readonly rules: RuleWatch;
  private lostUrl: string | undefined;
  private mediaCuts = 0;
  private probes = 0;

  constructor(
    private readonly world: PartitionWorld,
    private readonly options: PartitionOptions,
    private readonly log: (line: string) => void,
  ) {
    const { app, cluster, healthyUrl, wsUrls } = world;
    const { loginsPerSecond, messagesPerSecond } = options;
    this.load = new Load({
      ...{ app, loginsPerSecond, messagesPerSecond, figures: this.calm },
      urlsOf: (user) => (user % onCutGateway === 0 ? [...wsUrls].reverse() : [healthyUrl]),
      visitUrls: () => wsUrls.filter((url) => url !== this.lostUrl),
      visits: (user) => user % onCutGateway !== 0,
    });
    this.rooms = new RoomWatch(cluster.admin, app.appId, this.load.residents);
    const seed = randomInt(2 ** 31);
    const natsVersion = execFileSync('nats-server', ['--version'], { encoding: 'utf8' }).trim();
    const slowness = forgetsSlowly.test(natsVersion)
      ? ' (it continues to send to an instance that is cut off, which newer ones forget within 5 s: more requests are repeated)'
      : '';
    log(`${natsVersion}${slowness}; seed ${seed} of the users who try the rules`);
    this.rules = new RuleWatch(cluster, world.checkedUsers, new Random(seed), { ...timing, lateEffectMs });
  }

  async run(): Promise<boolean> {
    const { calm, load, log, options, world } = this;
    const all = options.targets.flatMap((target) =>
      options.directions.map((direction) => new CutFigures(target, direction)),
    );
    let broken: string[] = [];
    try {
      await load.enter();
      log(
        `${options.loginsPerSecond} logins/s and those of SDK users, ${options.messagesPerSecond} messages/s, 1 camera with ${world.call.viewers.length} viewers in Chromium; ${options.seconds} s a cut`,
      );
      load.visit();
      await load.converse(calm, async () => {
        await world.call.takeGapsMs();
        await sleep(calmMs);
        calm.gapsMs.push(...(await world.call.takeGapsMs()));
      });
      log(`before: ${calm.describeLogins()}; ${calm.describeMessages()}; ${calm.describeGaps()}`);
      for (const figures of all) {
        await this.prepare(figures);
        await load.converse(figures, () => this.cutOff(figures));
        log(`${figures.isRight ? 'right' : 'WRONG'}: ${figures.describe()}`);
      }
    } finally {
      await load.close();
      broken = await this.rules.finish();
    }
    log(
      `${broken.length === 0 ? 'right' : 'WRONG'}: ${this.rules.tally.total} operations of careless users, ${broken.length} broke a rule of rooms\n  ${this.rules.tally.text}`,
    );
    broken.forEach((text) => log(text));
    log('in all:');
    all.forEach((figures) => log(`${figures.isRight ? 'right' : 'WRONG'}: ${figures.describe()}`));
    return broken.length === 0 && all.every(({ isRight }) => isRight);
  }

  private async prepare({ target }: CutFigures): Promise<void> {
    const { world } = this;
    if (target === 'media' && this.mediaCuts++ > 0) {
      await world.callAnew();
    }
    // A call that an earlier cut has broken counts in the figures of that cut. The next cut is measured all the same.
    await world.call.settle().catch((error: unknown) => this.log(String(error).split('\n')[0]!));
    await world.call.takeGapsMs();
  }

  private async cutOff(figures: CutFigures): Promise<void> {
    const { direction, target } = figures;
    const { log, options, rooms, rules, world } = this;
    const { call, cluster, network } = world;
    const name = await world.pick(target);
    const onCutNode = await this.viewersOn(name);
    if (target === 'gateway') {
      this.lostUrl = cluster.gateways.find((gateway) => gateway.name === name)!.wsUrl;
      rules.loseGateway(name);
    }
    const fault = figures.isStore ? rules.beginStoreFault() : undefined;
    const watching = new AbortController();
    const reading = rooms.watch(figures, watching.signal);
    log(`${name}: cut, ${direction}`);
    await network.cut(name, direction);
    const cutAtMs = performance.now();
    if (await world.canReach(name)) {
      throw new Error(`${name} can be reached although it is cut off`);
    }
    await sleep(cutAtMs + options.seconds * 1000 - performance.now());
    const gapsMs = await call.takeGapsMs();
    await network.heal(name);
    log(`${name}: healed`);
    await this.converge(figures);
    if (fault !== undefined) {
      fault.toMs = performance.now();
    }
    if (target === 'gateway') {
      rules.regainGateway(name);
      this.lostUrl = undefined;
    }
    watching.abort();
    await reading;
    const afterMs = await call.takeGapsMs();
    gapsMs.forEach((gapMs, index) => {
      if (onCutNode[index] === true) {
        figures.movedMs = Math.max(figures.movedMs ?? 0, gapMs);
        figures.gapsMs.push(afterMs[index]!);
      } else {
        figures.gapsMs.push(gapMs, afterMs[index]!);
      }
    });
  }

  private async viewersOn(name: string): Promise<boolean[]> {
    const { call } = this.world;
    return Promise.all(
      call.viewers.map(async ({ userId }) => (await call.nodeOf(userId)) === name.replace('media-', 'nd_')),
    );
  }

  /** Waits until each part works as before the cut. */
  private async converge(figures: CutFigures): Promise<void> {
    const { load, rooms, world } = this;
    const { call, cluster } = world;
    const healedAtMs = performance.now();
    const writtenBefore = load.ledger.written;
    let writtenLast = writtenBefore;
    const frames = await Promise.all(call.viewers.map((viewer) => viewer.playStats()));
    const parts: Record<string, () => Promise<boolean>> = {
      processes: async () => {
        await cluster.ready();
        return true;
      },
      logins: async () => (await Promise.all(world.wsUrls.map((url) => this.tryOut(url)))).every(Boolean),
      messages: async () => {
        const end = writtenLast;
        writtenLast = load.ledger.written;
        return (
          load.speakers.every(({ isReady }) => isReady) &&
          load.ledger.hasAcknowledged(writtenBefore) &&
          load.ledger.lostBefore(end).count === 0
        );
      },
      rooms: () => rooms.isRight(),
      sessions: () => call.isComplete(),
      video: async () => {
        const now = await Promise.all(call.viewers.map((viewer) => viewer.playStats()));
        return now.every(({ framesDecoded }, index) => framesDecoded !== frames[index]!.framesDecoded);
      },
    };
    await Promise.all(
      Object.entries(parts).map(async ([part, works]) => {
        figures.convergedMs.set(part, undefined);
        while (performance.now() - healedAtMs < giveUpMs) {
          if (await works().catch(() => false)) {
            figures.convergedMs.set(part, performance.now() - healedAtMs);
            return;
          }
          await sleep(pollMs);
        }
      }),
    );
  }

  private async tryOut(url: string): Promise<boolean> {
    const { app } = this.world;
    const userId = `probe-${this.probes++}`;
    const params = {
      ...{ appId: app.appId, mode: 'single', roomId: 'probes', user: { userId, userName: userId } },
      ...(await credentialInTurn(app, userId, this.probes)),
    };
    return (await tryLogin(url, params, probeDeadlineMs)).code === 0;
  }
}
