import { median } from '../interleave.js';
import { showProgress } from '../progress.js';
import { MessagesAtScale } from './messages-at-scale.js';
import { Placements } from './placements.js';
import { type RoomMemory, RoomsAtScale } from './rooms-at-scale.js';

/** Counted rounds for each number of users, each with a sample of the crowd and one of the baseline. */
const rounds = 8;

/** CPU time of Redis, and of NATS for a message, in µs. */
export const costNames = ['firstLogin', 'furtherLogin', 'logout', 'check', 'message'] as const;
export type Costs = Record<(typeof costNames)[number], number>;

/** What a crowd of one size costs. */
export interface Scale {
  users: number;
  mediaNodes: number;
  /** Medians of the rounds. */
  costs: Costs;
  /** Medians of the ratios to the baseline. */
  ratios: Costs;
  /** Commands of Redis, those inside Lua included. */
  commandsPerLogin: number;
  /** CPU time of a room instance for the check of a membership. */
  roomCheckUs: number;
  memory: RoomMemory;
  natsRoomBytes: number;
  placementUs: { first: number; next: number };
  /** Sessions of the busiest media node to the mean. */
  imbalance: number;
}

/** Users with their servers. */
export class MeasuredCrowd {
  private constructor(
    private readonly roomsPerUser: number,
    private readonly placements: Placements,
    private readonly rooms: RoomsAtScale,
    private readonly messages: MessagesAtScale,
  ) {}

  static async start(roomsPerUser: number, mostUsers: number): Promise<MeasuredCrowd> {
    const placements = new Placements();
    const rooms = await RoomsAtScale.start(roomsPerUser, placements, mostUsers);
    try {
      const messages = await MessagesAtScale.start(roomsPerUser);
      return new MeasuredCrowd(roomsPerUser, placements, rooms, messages);
    } catch (error) {
      await rooms.close();
      throw error;
    }
  }

  async growTo(users: number): Promise<{ memory: RoomMemory; natsRoomBytes: number }> {
    this.placements.growTo(users);
    const memory = await this.rooms.growTo(users);
    const natsRoomBytes = await this.messages.growTo(users);
    showProgress(`${users} users are in, and each of their rooms has a message`);
    return { memory, natsRoomBytes };
  }

  /** Grows, and measures alternately with the baseline. */
  async measure(users: number, baseline: MeasuredCrowd): Promise<Scale> {
    const grown = await this.growTo(users);
    const samples: { own: Sample; ratios: Costs }[] = [];
    for (let round = 0; round <= rounds; round++) {
      // Each goes first in half of the rounds.
      const order = round % 2 === 0 ? [this, baseline] : [baseline, this];
      const taken = new Map<MeasuredCrowd, Sample>();
      for (const crowd of order) {
        taken.set(crowd, await crowd.sample());
      }
      const [own, { costs }] = [taken.get(this)!, taken.get(baseline)!];
      // The first round is a warm-up.
      if (round > 0) {
        samples.push({ own, ratios: mapCosts((name) => own.costs[name] / costs[name]) });
      }
      showProgress(`${users} users: round ${round} of ${rounds}`);
    }
    return {
      ...{ users, ...grown, mediaNodes: this.placements.nodes, imbalance: this.placements.imbalance },
      costs: mapCosts((name) => median(samples.map(({ own }) => own.costs[name]))),
      ratios: mapCosts((name) => median(samples.map(({ ratios }) => ratios[name]))),
      commandsPerLogin: median(samples.map(({ own }) => own.commandsPerLogin)),
      roomCheckUs: median(samples.map(({ own }) => own.roomCheckUs)),
      placementUs: this.placements.costUs(),
    };
  }

  /** On disk. */
  storedBytes(): Promise<{ messageBytes: number; textBytes: number }> {
    return this.messages.storedBytes();
  }

  async close(): Promise<void> {
    await this.messages.close();
    await this.rooms.close();
  }

  private async sample(): Promise<Sample> {
    const { firstLogin, furtherLogin, logout, check } = await this.rooms.sample();
    return {
      costs: {
        firstLogin: firstLogin.cpuUs,
        furtherLogin: furtherLogin.cpuUs,
        logout: logout.cpuUs,
        check: check.cpuUs,
        message: await this.messages.sample(),
      },
      commandsPerLogin:
        (firstLogin.commands + (this.roomsPerUser - 1) * furtherLogin.commands) / this.roomsPerUser,
      roomCheckUs: check.clientUs,
    };
  }
}

interface Sample {
  costs: Costs;
  commandsPerLogin: number;
  roomCheckUs: number;
}

function mapCosts(valueOf: (name: keyof Costs) => number): Costs {
  return Object.fromEntries(costNames.map((name) => [name, valueOf(name)])) as Costs;
}
