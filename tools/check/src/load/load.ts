import { waitFor } from '@polyroom/testing';
import { Ledger } from '../messages/ledger.js';
import { Member } from '../messages/member.js';
import { Schedule, type Speaker } from '../messages/traffic.js';
import { type KnownApp } from '../outage/known-app.js';
import { LoginLoad } from '../outage/login-load.js';
import { type LoadFigures, type Login } from './load-figures.js';
import { MessageCount } from './message-count.js';
import { SdkUser } from './sdk-user.js';
import { visit } from './visitor.js';

export interface LoadOptions {
  app: KnownApp;
  loginsPerSecond: number;
  messagesPerSecond: number;
  /** The gateways of a user who stays, in the order in which it tries them. */
  urlsOf: (user: number) => string[];
  /** The gateways of new users, asked at each of their logins. */
  visitUrls: () => readonly string[];
  /** Whether a user who stays and has the SDK also visits other rooms; by default all of them do. */
  visits?: (user: number) => boolean;
  /** What is counted until `converse` names other figures. */
  figures: LoadFigures;
}

const rooms = 3;
const membersPerRoom = 4;
const sdkUsersPerRoom = 2;
const memberCount = rooms * membersPerRoom;
const userCount = rooms * (membersPerRoom + sdkUsersPerRoom);
const sendEveryMs = 10;

export interface Resident {
  userId: string;
  roomId: string;
}

/** Users who stay in rooms, where they send and receive messages, and users who log in and leave. */
export class Load {
  readonly ledger = new Ledger();
  readonly sdkUsers: SdkUser[] = [];
  private readonly members: Member[] = [];
  /** Users who stay, with their rooms. */
  readonly residents: Resident[] = [];
  private visitors = 0;
  private current: LoadFigures;
  private logins: LoginLoad | undefined;
  private visits: Promise<void>[] = [];

  constructor(private readonly options: LoadOptions) {
    this.current = options.figures;
  }

  get speakers(): Speaker[] {
    return [...this.members, ...this.sdkUsers];
  }

  /** Returns when all users who stay are in their rooms. */
  async enter(): Promise<void> {
    const { app, urlsOf } = this.options;
    const { ledger } = this;
    for (let index = 0; index < userCount; index++) {
      const [roomId, userId] = [`room-${index % rooms}`, `member-${index}`];
      this.residents.push({ userId, roomId });
      ledger.addReceiver(userId, roomId);
      const urls = urlsOf(index);
      if (index < memberCount) {
        const { appId, appSign } = app;
        this.members.push(new Member({ urls, place: 0, appId, appSign, roomId, userId, ledger }));
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

  /** From now on new users log in, and the users with the SDK visit other rooms. */
  visit(): void {
    const { app, loginsPerSecond, visits = () => true, visitUrls } = this.options;
    this.logins = new LoginLoad(async () => {
      await this.record(() => visit(visitUrls(), app, this.visitors++));
      return 0;
    }, loginsPerSecond);
    this.visits = this.sdkUsers
      .filter((_, index) => visits(memberCount + index))
      .map((user, index) => user.visit(`lounge-${index % rooms}`));
  }

  /** Users send while the work is done; then all messages have to arrive. */
  async converse(figures: LoadFigures, work: () => Promise<void>): Promise<void> {
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

  async close(): Promise<void> {
    this.speakers.forEach((speaker) => speaker.close());
    await this.logins?.stop();
    await Promise.all(this.visits);
  }

  /** A login counts for the figures that are current when it begins. */
  private async record(login: () => Promise<Login>): Promise<void> {
    const { current } = this;
    current.logins.push(await login());
  }
}
