import { type SessionRef } from '@polyroom/contracts';
import { type RoomStore } from '@polyroom/room-store';

/** Rooms that one user enters within one sample. */
export const roomsPerUser = 4;
/** Users per room. */
export const usersPerRoom = 10;

/** As in the room service. */
const fenceMs = 30_000;

interface Place {
  session: SessionRef;
  roomId: string;
  epoch: number;
}

/** The Lua commands of a login, called through ioredis: the cost of a login without services. */
export class RawLogins {
  private round = 0;

  constructor(
    private readonly store: RoomStore,
    private readonly appId: number,
    private readonly name: string,
  ) {}

  /**
   * Logs users in, with a fixed concurrency, and out again; returns the ms of each login and of all together.
   */
  async sample(users: number, inFlight: number): Promise<{ latenciesMs: number[]; durationMs: number }> {
    const round = this.round++;
    const latenciesMs: number[] = [];
    const places: Place[] = [];
    const startedAtMs = performance.now();
    await inParallel(users * roomsPerUser, inFlight, async (index) => {
      const user = index % users;
      const session = this.session(`${round}-${user}`);
      const roomId = `${this.name}-${round}-${Math.floor(index / users)}-${Math.floor(user / usersPerRoom)}`;
      const loginStartedAtMs = performance.now();
      places.push({ session, roomId, epoch: await this.login(session, roomId, index < users) });
      latenciesMs.push(performance.now() - loginStartedAtMs);
    });
    const durationMs = performance.now() - startedAtMs;
    await inParallel(places.length, inFlight, async (index) => {
      const { session, roomId, epoch } = places[index]!;
      await this.store.room.leave(session, roomId, epoch, { fenceMs });
      await this.store.user.release(session, roomId, epoch);
    });
    return { latenciesMs, durationMs };
  }

  /** Users that stay, each in one room. */
  async populate(users: number, inFlight: number): Promise<void> {
    await inParallel(users, inFlight, async (index) => {
      await this.login(this.session(`there-${index}`), `${this.name}-there-${Math.floor(index / 10)}`, true);
    });
  }

  private session(userId: string): SessionRef {
    return { appId: this.appId, userId: `${this.name}-${userId}`, sessionId: `ss_${this.name}-${userId}` };
  }

  private async login(session: SessionRef, roomId: string, opens: boolean): Promise<number> {
    const { store } = this;
    const { epoch, leaseMs } = await store.user.admit({
      session,
      roomId,
      gatewayId: 'gw_1',
      nodeId: 'nd_1',
      userName: session.userId,
      mode: 'multi',
      userMatches: true,
      limit: roomsPerUser,
      policy: 'kickOld',
      requestId: roomId,
      enterLeaseMs: 15_000,
      opens,
      tokenHash: '0'.repeat(64),
      note: '{}',
      replaces: undefined,
      rightsEndMs: undefined,
    });
    await store.room.enter(session, roomId, {
      epoch: epoch!,
      leaseMs,
      userName: session.userId,
      maxMemberCount: 0,
      maxMembersPerRoom: 0,
      mostMembers: 500,
    });
    await store.user.confirm(session, roomId, epoch!);
    return epoch!;
  }
}

export async function inParallel(
  count: number,
  inFlight: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) {
        await work(next++);
      }
    }),
  );
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
