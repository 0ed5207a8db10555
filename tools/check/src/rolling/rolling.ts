import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@polyroom/testing';
import { Ledger } from '../messages/ledger.js';
import { Member } from '../messages/member.js';
import { Schedule, type Speaker } from '../messages/traffic.js';
import { LoginLoad } from '../outage/login-load.js';
import { type Login, MessageCount, ServiceFigures } from './figures.js';
import { readOptions, type RollingOptions } from './options.js';
import { RollingWorld } from './rolling-world.js';
import { SdkUser } from './sdk-user.js';
import { visit } from './visitor.js';

const rooms = 3;
const membersPerRoom = 4;
const sdkUsersPerRoom = 2;
const sendEveryMs = 10;
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
  private readonly ledger = new Ledger();
  private readonly sdkUsers: SdkUser[] = [];
  private readonly members: Member[] = [];
  private visitors = 0;
  private current = new ServiceFigures('without restarts');

  constructor(
    private readonly world: RollingWorld,
    private readonly options: RollingOptions,
    private readonly log: (line: string) => void,
  ) {}

  async run(): Promise<boolean> {
    const { log, options } = this;
    const calm = this.current;
    const all = options.services.map((service) => new ServiceFigures(service));
    await this.enter();
    const { loginsPerSecond, messagesPerSecond, rounds } = options;
    log(
      `${loginsPerSecond} logins/s and those of ${this.sdkUsers.length} SDK users, ${messagesPerSecond} messages/s, 1 camera with ${this.world.call.viewers.length} viewers in Chromium`,
    );
    const { app, wsUrls } = this.world;
    const load = new LoginLoad(async () => {
      await this.record(() => visit(wsUrls, app, this.visitors++));
      return 0;
    }, loginsPerSecond);
    const visits = this.sdkUsers.map((user, index) => user.visit(`lounge-${index % rooms}`));
    try {
      await this.converse(calm, () => this.stayCalm(calm));
      log(calm.describe());
      for (let round = 1; round <= rounds; round++) {
        log(`round ${round} of ${rounds}`);
        for (const figures of all) {
          await this.converse(figures, () => this.restartAll(figures));
        }
      }
    } finally {
      this.speakers.forEach((speaker) => speaker.close());
      await load.stop();
      await Promise.all(visits);
    }
    all.forEach((figures) => log(`${figures.isRight ? 'right' : 'WRONG'}: ${figures.describe()}`));
    return all.every(({ isRight }) => isRight) && (await this.isCallUntouched());
  }

  private get speakers(): Speaker[] {
    return [...this.members, ...this.sdkUsers];
  }

  private async enter(): Promise<void> {
    const { app, wsUrls: urls } = this.world;
    const { ledger } = this;
    for (let index = 0; index < rooms * (membersPerRoom + sdkUsersPerRoom); index++) {
      const [roomId, userId] = [`room-${index % rooms}`, `member-${index}`];
      ledger.addReceiver(userId, roomId);
      if (index < rooms * membersPerRoom) {
        const { appId, appSign } = app;
        this.members.push(new Member({ urls, place: index, appId, appSign, roomId, userId, ledger }));
      } else {
        const record = (login: () => Promise<Login>): Promise<void> => this.record(login);
        const onUnsent = (reason: string): void => void this.current.unsentReasons.push(reason);
        this.sdkUsers.push(await SdkUser.enter({ urls, app, userId, roomId, ledger, record, onUnsent }));
      }
    }
    await waitFor(() => this.speakers.every(({ isReady }) => isReady), {
      timeoutMs: 30_000,
      describe: 'all members to be in their rooms',
    });
  }

  /** A login counts for the service that is restarted when it begins. */
  private async record(login: () => Promise<Login>): Promise<void> {
    const { current } = this;
    current.logins.push(await login());
  }

  /** Members send while the work is done; then all messages have to arrive. */
  private async converse(figures: ServiceFigures, work: () => Promise<void>): Promise<void> {
    const { ledger, options, speakers } = this;
    this.current = figures;
    const count = new MessageCount(ledger);
    const schedule = new Schedule(speakers, options.messagesPerSecond);
    const startedAtMs = performance.now();
    const timer = setInterval(() => schedule.send(performance.now() - startedAtMs), sendEveryMs);
    try {
      await work();
    } finally {
      clearInterval(timer);
    }
    await schedule.settle(ledger);
    figures.messages.push(count.read());
  }

  /** What viewers notice of the load of the machine alone. */
  private async stayCalm(figures: ServiceFigures): Promise<void> {
    const { call } = this.world;
    for (let time = 0; time < calmTimes; time++) {
      await call.settle();
      await call.takeGapsMs();
      await sleep(calmMs);
      figures.gapsMs.push(...(await call.takeGapsMs()));
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
