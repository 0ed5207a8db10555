import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type AppEvent } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { WebhooksWorld } from './webhooks-world.js';

const rooms = 20;
/** Each user logs in and out: two events of the room, two of the user. */
const eventsPerUser = 4;
const concurrency = 10;
const failedShare = 0.05;
const slowShare = 0.02;
const slowMs = 500;
const drainMs = 15 * 60_000;

/**
 * Users come and go while the receiver is down, slow, and answers 500 at random, and while both senders, a room
 * instance and NATS are killed. True if each event arrives at least once, in order per room and user, with a genuine
 * signature, and a replay gives the same events.
 */
export async function checkWebhooks(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string', default: '10000' },
      'down-seconds': { type: 'string', default: '120' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  const world = await WebhooksWorld.start(rootDir, values.verbose ? log : () => {});
  try {
    const users = Math.ceil(Number(values.events) / eventsPerUser);
    return await new WebhooksCheck(world, log, users, Number(values['down-seconds']) * 1000).run();
  } finally {
    await world.close();
  }
}

class WebhooksCheck {
  private users = 0;
  private readonly problems: string[] = [];

  constructor(
    private readonly world: WebhooksWorld,
    private readonly log: (line: string) => void,
    private readonly total: number,
    private readonly downMs: number,
  ) {}

  async run(): Promise<boolean> {
    const { world } = this;
    world.receiver.behaviour = misbehave;
    await this.visit(0.2, 'with a receiver that answers 500 at random, and slowly');
    await world.receiver.stop();
    const upAtMs = performance.now() + this.downMs;
    await this.visit(0.4, 'while the receiver is down');
    this.kill('webhooks');
    await this.visit(0.5, 'after the first sender was killed');
    await sleep(Math.max(0, upAtMs - performance.now()));
    await world.receiver.start();
    this.log(`the receiver is back after ${this.downMs / 1000} s`);
    await this.visit(0.6, 'while the backlog is delivered');
    this.kill('webhooks-2');
    const visiting = this.visit(0.8, 'while the second sender, a room instance and NATS are killed');
    await sleep(1000);
    this.kill('room-1');
    await sleep(1000);
    await world.nats.kill('SIGKILL');
    await world.nats.restart();
    this.log('NATS was killed and started again');
    await visiting;
    await this.visit(1, 'with everything running again');
    const logged = await this.readWholeLog();
    await this.verifyDelivered(logged);
    await this.verifyReplay(logged);
    this.problems.forEach((problem) => this.log(`PROBLEM: ${problem}`));
    return this.problems.length === 0;
  }

  private kill(name: string): void {
    this.world.cluster.process(name).kill('SIGKILL');
    this.log(`${name} was killed`);
  }

  /** Users log in and out until this share of all of them has. */
  private async visit(share: number, when: string): Promise<void> {
    const until = Math.round(this.total * share);
    const one = async (): Promise<void> => {
      while (this.users < until) {
        const number = this.users++;
        const roomId = `room-${number % rooms}`;
        const { session, epoch } = await this.world.login(`user-${number}`, roomId);
        await this.world.logout(session, roomId, epoch);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, one));
    this.log(`${this.users} users ${when}: ${this.world.accepted().length} events accepted`);
  }

  /** Every answered login and logout must be in it, once, and each room and user without a gap. */
  private async readWholeLog(): Promise<AppEvent[]> {
    let logged: AppEvent[] = [];
    const countOf = (type: string) => logged.filter((event) => event.type === type).length;
    const types = ['user.joined', 'user.left', 'session.started', 'session.ended'];
    await waitFor(
      async () => {
        logged = await this.world.readLog();
        return types.every((type) => countOf(type) >= this.total);
      },
      { timeoutMs: 120_000, intervalMs: 1000, describe: 'the log to be complete' },
    ).catch((error: unknown) => this.problems.push(String(error)));
    types.forEach((type) =>
      this.expect(countOf(type) === this.total, `${countOf(type)} × ${type} in the log`),
    );
    for (const [owner, events] of byOwner(logged)) {
      this.expect(isInOrder(events), `the log of ${owner} has gaps`);
    }
    this.log(`the log has ${logged.length} events of ${this.total} users`);
    return logged;
  }

  private async verifyDelivered(logged: AppEvent[]): Promise<void> {
    const { world } = this;
    await waitFor(() => world.accepted().length >= logged.length, {
      timeoutMs: drainMs,
      intervalMs: 1000,
      describe: 'every event to be delivered',
    }).catch((error: unknown) => this.problems.push(String(error)));
    const accepted = world.accepted();
    const requests = world.receiver.received.length;
    this.log(`${accepted.length} of ${logged.length} events accepted in ${requests} requests`);
    this.expect(sameEvents(accepted, logged), 'the delivered events are not those of the log');
    for (const [owner, events] of byOwner(accepted)) {
      this.expect(isInOrder(events), `${owner} was delivered out of order`);
    }
    this.expect(world.receiver.forged === 0, `${world.receiver.forged} requests had a wrong signature`);
  }

  private async verifyReplay(logged: AppEvent[]): Promise<void> {
    const { world } = this;
    world.receiver.behaviour = () => undefined;
    const from = logged[Math.floor(logged.length / 2)]!.cursor;
    const expected = await world.readLog(from);
    world.receiver.clear();
    await world.replay(from);
    await waitFor(() => world.accepted().length >= expected.length, {
      timeoutMs: drainMs,
      intervalMs: 500,
      describe: 'the replay',
    }).catch((error: unknown) => this.problems.push(String(error)));
    this.log(`the replay gave ${world.accepted().length} of ${expected.length} events`);
    this.expect(sameEvents(world.accepted(), expected), 'the replay gave other events');
  }

  private expect(isTrue: boolean, problem: string): void {
    if (!isTrue) {
      this.problems.push(problem);
    }
  }
}

async function misbehave(): Promise<number> {
  if (Math.random() < slowShare) {
    await sleep(slowMs);
  }
  return Math.random() < failedShare ? 500 : 200;
}

function byOwner(events: AppEvent[]): Map<string, AppEvent[]> {
  const owners = new Map<string, AppEvent[]>();
  for (const event of events) {
    const owner = event.roomId ?? event.userId ?? '';
    owners.set(owner, [...(owners.get(owner) ?? []), event]);
  }
  return owners;
}

function isInOrder(events: AppEvent[]): boolean {
  return events.every(({ seq }, index) => seq === index + 1);
}

function sameEvents(one: AppEvent[], other: AppEvent[]): boolean {
  const texts = (events: AppEvent[]) => events.map((event) => JSON.stringify(event)).sort();
  return JSON.stringify(texts(one)) === JSON.stringify(texts(other));
}
