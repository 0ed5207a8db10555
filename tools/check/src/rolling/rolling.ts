import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from '../load/load.js';
import { ServiceFigures } from './figures.js';
import { readOptions, type RollingOptions } from './options.js';
import { RollingWorld } from './rolling-world.js';

/** As long as the restart of an instance takes. */
const calmMs = 5000;
const calmTimes = 4;
/** Packets in flight still arrive. */
const afterMs = 500;
/** ZEGO's reasons of room states that a restart must not cause: login failed, reconnecting failed, removed. */
const badReasons = [2, 5, 6];

/**
 * Ends every instance of every service with SIGTERM in turn, and starts it again, under logins, messages and media; true
 * if no login fails, no message is lost, duplicated or reordered, and viewers get new frames in time.
 */
export async function checkRolling(rootDir: string, args: string[]): Promise<boolean> {
  const options = await readOptions(args);
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  const world = await RollingWorld.start(rootDir, options.previousDir, options.verbose ? log : () => {});
  try {
    return await new RollingCheck(world, options, log).run();
  } finally {
    await world.close();
  }
}

class RollingCheck {
  private readonly calm = new ServiceFigures('without restarts');
  private readonly load: Load;

  constructor(
    private readonly world: RollingWorld,
    private readonly options: RollingOptions,
    private readonly log: (line: string) => void,
  ) {
    const { app, wsUrls } = world;
    const { loginsPerSecond, messagesPerSecond } = options;
    this.load = new Load({
      ...{ app, loginsPerSecond, messagesPerSecond, figures: this.calm },
      urlsOf: (user) => wsUrls.map((_, turn) => wsUrls[(user + turn) % wsUrls.length]!),
      visitUrls: () => wsUrls,
    });
  }

  async run(): Promise<boolean> {
    const { calm, load, log, options } = this;
    const all = options.services.map((service) => new ServiceFigures(service));
    const { loginsPerSecond, messagesPerSecond, rounds } = options;
    try {
      await load.enter();
      log(
        `${loginsPerSecond} logins/s and those of ${load.sdkUsers.length} SDK users, ${messagesPerSecond} messages/s, 1 camera with ${this.world.call.viewers.length} viewers in Chromium`,
      );
      load.visit();
      await load.converse(calm, () => this.stayCalm());
      log(calm.describe());
      for (let round = 1; round <= rounds; round++) {
        log(`round ${round} of ${rounds}`);
        for (const figures of all) {
          await load.converse(figures, () => this.restartAll(figures));
        }
      }
    } finally {
      await load.close();
    }
    all.forEach((figures) => log(`${figures.isRight ? 'right' : 'WRONG'}: ${figures.describe()}`));
    return all.every(({ isRight }) => isRight) && (await this.isCallUntouched());
  }

  /** What viewers notice of the load of the machine alone. */
  private async stayCalm(): Promise<void> {
    const { call } = this.world;
    for (let time = 0; time < calmTimes; time++) {
      await call.settle();
      await call.takeGapsMs();
      await sleep(calmMs);
      this.calm.gapsMs.push(...(await call.takeGapsMs()));
    }
  }

  private async restartAll(figures: ServiceFigures): Promise<void> {
    const { log, world } = this;
    const { call } = world;
    for (const instance of world.instancesOf(figures.service)) {
      await call.settle();
      await call.takeGapsMs();
      const restart = await world.restart(instance);
      await sleep(afterMs);
      await call.waitUntilSteady();
      const gapsMs = await call.takeGapsMs();
      figures.restarts.push(restart);
      figures.gapsMs.push(...gapsMs);
      const version =
        this.options.previousDir === undefined ? '' : ` as ${world.versionOf(instance)} version`;
      const seconds = (ms: number): string => (ms / 1000).toFixed(1);
      log(
        `${instance} ended after ${seconds(restart.endedMs)} s (${restart.ended}), ready${version} after ${seconds(restart.readyMs)} s, media gaps ${gapsMs.map(Math.round).join(' and ')} ms`,
      );
    }
  }

  private async isCallUntouched(): Promise<boolean> {
    const { call } = this.world;
    const touched: string[] = [];
    for (const user of call.users) {
      const reasons = await call.roomReasons(user);
      if (reasons.some((reason) => badReasons.includes(reason))) {
        touched.push(`${user.userId} (${reasons.join(' ')})`);
      }
    }
    const isRight = touched.length === 0;
    this.log(
      `${isRight ? 'right' : 'WRONG'}: users of the call who lost their room: ${touched.join(', ') || 'none'}`,
    );
    return isRight;
  }
}
