import { type Random } from '../invariants/random.js';
import { type Call } from './calls.js';
import { type IntendedState, Intents } from './intents.js';

/** What happens to a client's network or tab. */
export type Fault =
  | { kind: 'delay'; ms: number }
  | { kind: 'throttle'; bytesPerSecond: number }
  | { kind: 'cut'; ms: number }
  | { kind: 'silence' }
  | { kind: 'heal' }
  | { kind: 'offline' }
  | { kind: 'online' }
  | { kind: 'freeze'; ms: number }
  | { kind: 'closeTab' };

export interface Step {
  waitMs: number;
  actor: number;
  action: { call: Call } | { fault: Fault };
}

export interface ScriptOptions {
  random: Random;
  userIds: readonly string[];
  roomIds: readonly string[];
  /** Whether networks fail. */
  withFaults: boolean;
}

export const streamsPerUser = ['cam', 'screen'] as const;

export function streamIdsOf(userId: string): string[] {
  return streamsPerUser.map((name) => `${userId}-${name}`);
}

const leastSteps = 14;
const moreSteps = 16;
/** Of the sequences with faults. */
const closedTabShare = 0.3;
const senselessShare = 0.12;

const weights = {
  join: 5,
  leave: 2,
  leaveAll: 0.4,
  publish: 5,
  unpublish: 2,
  share: 4,
  unshare: 2,
  mute: 3,
  subscribe: 5,
  unsubscribe: 2,
  send: 3,
  setAttribute: 2,
  endDevice: 1,
} as const;

const faultWeights = {
  delay: 3,
  throttle: 1,
  cut: 3,
  silence: 2,
  heal: 2,
  offline: 1,
  online: 1,
  freeze: 1,
} as const;

/** The calls and faults of one sequence. The same for the same random numbers, whatever the servers answer. */
export function writeScript(options: ScriptOptions): Step[] {
  return new ScriptWriter(options).write();
}

class ScriptWriter {
  private readonly steps: Step[] = [];
  /** The intents of each user, as if every call succeeded. */
  private readonly plans: Intents[];
  private messages = 0;

  constructor(private readonly options: ScriptOptions) {
    this.plans = options.userIds.map(() => new Intents());
  }

  write(): Step[] {
    const { random, userIds, withFaults } = this.options;
    userIds.forEach((_, actor) => {
      this.add(actor, this.join(actor));
      this.add(actor, this.join(actor), 0);
      this.add(
        actor,
        { kind: 'publish', streamId: this.idleStream(actor), roomId: this.enteredRoom(actor) },
        0,
      );
    });
    const count = leastSteps + random.below(moreSteps);
    const closedAt = withFaults && random.chance(closedTabShare) ? count - random.below(count / 2) : -1;
    for (let step = 0; step < count; step++) {
      const actor = random.below(userIds.length);
      if (step === closedAt) {
        this.addFault(actor, { kind: 'closeTab' });
      } else if (withFaults && random.chance(0.2)) {
        this.addFault(actor, this.fault());
      } else if (random.chance(0.3)) {
        this.addBurst(actor);
      } else {
        this.add(actor, this.call(actor));
      }
    }
    return this.steps;
  }

  /** Opposite calls for one room or stream, without a pause. */
  private addBurst(actor: number): void {
    const { random } = this.options;
    const [roomId, streamId, other] = [this.anyRoom(), this.publishedStream(actor), this.otherStream(actor)];
    const pair = random.pick<[Call, Call]>([
      [
        { kind: 'join', roomId },
        { kind: 'leave', roomId },
      ],
      [
        { kind: 'publish', streamId, roomId: this.enteredRoom(actor) },
        { kind: 'unpublish', streamId },
      ],
      [
        { kind: 'share', streamId, roomId },
        { kind: 'unshare', streamId, roomId },
      ],
      [
        { kind: 'subscribe', streamId: other, roomId: this.enteredRoom(actor) },
        { kind: 'unsubscribe', streamId: other },
      ],
      [
        { kind: 'mute', streamId, media: 'video', muted: true },
        { kind: 'mute', streamId, media: 'video', muted: false },
      ],
    ]);
    const length = 2 + random.below(4);
    const first = random.below(2);
    for (let index = 0; index < length; index++) {
      this.add(actor, pair[(first + index) % 2]!, index === 0 ? undefined : 0);
    }
  }

  private call(actor: number): Call {
    const { random } = this.options;
    const streamId = this.publishedStream(actor);
    const room = (): string => this.enteredRoom(actor);
    const kind = random.weighted(weights);
    switch (kind) {
      case 'join':
        return this.join(actor);
      case 'leave':
        return { kind, roomId: room() };
      case 'leaveAll':
        return { kind: 'leave' };
      case 'publish':
        return { kind, streamId: this.idleStream(actor), roomId: room() };
      case 'share':
      case 'unshare':
        return { kind, streamId, roomId: room() };
      case 'unpublish':
      case 'endDevice':
        return { kind, streamId };
      case 'mute':
        return {
          kind,
          streamId,
          media: random.pick(['audio', 'video'] as const),
          muted: random.chance(0.6),
          ...(random.chance(0.3) ? { roomId: room() } : {}),
        };
      case 'subscribe':
        return { kind, streamId: this.otherStream(actor), roomId: room() };
      case 'unsubscribe':
        return {
          kind,
          streamId: this.otherStream(actor),
          ...(random.chance(0.5) ? { roomId: room() } : {}),
        };
      case 'send':
        this.messages += 1;
        return { kind, roomId: room(), text: `message ${this.messages}` };
      case 'setAttribute':
        return {
          kind,
          roomId: room(),
          key: `key-${random.below(2)}`,
          value: random.chance(0.2) ? '' : `value ${random.below(1000)}`,
        };
    }
  }

  private fault(): Fault {
    const { random } = this.options;
    const kind = random.weighted(faultWeights);
    switch (kind) {
      case 'delay':
        return { kind, ms: 20 + random.below(400) };
      case 'throttle':
        return { kind, bytesPerSecond: 4000 + random.below(16_000) };
      case 'cut':
        return { kind, ms: random.below(2500) };
      case 'freeze':
        return { kind, ms: 500 + random.below(2000) };
      default:
        return { kind };
    }
  }

  private join(actor: number): Call {
    const { random, roomIds } = this.options;
    const entered = this.stateOf(actor).roomIds;
    const others = roomIds.filter((roomId) => !entered.has(roomId));
    return { kind: 'join', roomId: random.pick(others.length === 0 ? roomIds : others) };
  }

  /** A room of the user, mostly. */
  private enteredRoom(actor: number): string {
    const { random } = this.options;
    const entered = [...this.stateOf(actor).roomIds];
    return entered.length === 0 || random.chance(senselessShare) ? this.anyRoom() : random.pick(entered);
  }

  private anyRoom(): string {
    return this.options.random.pick(this.options.roomIds);
  }

  /** A stream that the user publishes, mostly. */
  private publishedStream(actor: number): string {
    return this.ownStream(actor, [...this.stateOf(actor).publications.keys()]);
  }

  /** A stream that the user does not publish, mostly. */
  private idleStream(actor: number): string {
    const published = this.stateOf(actor).publications;
    const own = streamIdsOf(this.options.userIds[actor]!);
    return this.ownStream(
      actor,
      own.filter((streamId) => !published.has(streamId)),
    );
  }

  private ownStream(actor: number, preferred: readonly string[]): string {
    const { random, userIds } = this.options;
    const isAny = preferred.length === 0 || random.chance(senselessShare);
    return random.pick(isAny ? streamIdsOf(userIds[actor]!) : preferred);
  }

  private otherStream(actor: number): string {
    const { random, userIds } = this.options;
    return random.pick(streamIdsOf(random.pick(userIds.filter((_, index) => index !== actor))));
  }

  private stateOf(actor: number): IntendedState {
    return this.plans[actor]!.state;
  }

  private add(actor: number, call: Call, waitMs = this.pause()): void {
    this.plans[actor]!.note(call)(undefined);
    this.steps.push({ waitMs, actor, action: { call } });
  }

  private addFault(actor: number, fault: Fault): void {
    this.steps.push({ waitMs: this.pause(), actor, action: { fault } });
  }

  private pause(): number {
    const { random } = this.options;
    return random.chance(0.5) ? 0 : random.below(random.chance(0.5) ? 50 : 600);
  }
}
