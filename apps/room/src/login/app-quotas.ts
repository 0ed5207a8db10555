import { Injectable } from '@nestjs/common';
import { AppError, type Entitlements, type ErrorName, type SessionRef } from '@polyroom/contracts';
import { type Count, type Counted, type LoginCount, RoomStore, sessionCountId } from '@polyroom/room-store';
import { StaleCounts } from './stale-counts.js';

/** Minimum time between two searches of a full quota for stale counts. */
const repairEveryMs = 1000;

const exceeded: Record<Counted, ErrorName> = {
  users: 'APP_EXCEED_MAXIMUM_USER_COUNT',
  sessions: 'APP_EXCEED_MAXIMUM_SESSION_COUNT',
  interop: 'INTEROP_SESSION_LIMIT_REACHED',
  rooms: 'ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
};

/** What a login has added. A login that is counted later waits for its count. */
export type AddedCounts = () => Promise<Count[]>;

/** A login to count. */
interface CountedLogin {
  session: SessionRef;
  roomId: string;
  /** Whether it opens its session; further logins count only their room. */
  opens: boolean;
  interop?: boolean | undefined;
}

/** Enforces the limits of an AppID on users, rooms, sessions and logins. Counts only what is limited. */
@Injectable()
export class AppQuotas {
  private readonly repairedAtMs = new Map<string, number>();

  constructor(
    private readonly store: RoomStore,
    private readonly stale: StaleCounts,
  ) {}

  /** Throws if a limit of the AppID is reached. Returns what the login adds, to be taken back if it fails. */
  async countIn(
    { session, roomId, opens, interop }: CountedLogin,
    limits: Entitlements,
  ): Promise<AddedCounts> {
    const { appId, userId } = session;
    const { maxUsers, maxRooms, maxSessions, maxInteropSessions } = limits;
    const sessionId = sessionCountId(session);
    const counted: LoginCount['limits'] = {
      rooms: { id: roomId, most: maxRooms },
      ...(opens
        ? { users: { id: userId, most: maxUsers }, sessions: { id: sessionId, most: maxSessions } }
        : {}),
      ...(opens && interop === true ? { interop: { id: sessionId, most: maxInteropSessions } } : {}),
    };
    let { loginsPerSecond } = limits;
    const isLimited = loginsPerSecond > 0 || Object.values(counted).some(({ most }) => most > 0);
    if (isLimited) {
      await this.stale.remind(appId);
    }
    const repaired = new Set<Counted>();
    // Also after a failure: without an answer, it may still be counted.
    const note = (): void => this.stale.note(appId);
    while (isLimited) {
      const outcome = await this.store.quotas.logins
        .count(appId, { loginsPerSecond, limits: counted }, Date.now())
        .finally(note);
      if ('added' in outcome) {
        // Logins far from the limits are counted later, together. A login that fails waits for this, and reports the
        // error.
        void outcome.added().then(note, note);
        return outcome.added;
      }
      const { reached } = outcome;
      if (reached === 'logins') {
        throw new AppError('APP_CALL_API_TOO_FREQUENT');
      }
      if (repaired.has(reached)) {
        throw new AppError(exceeded[reached]);
      }
      await this.repair(appId, reached);
      repaired.add(reached);
      // The rate has counted this login.
      loginsPerSecond = 0;
    }
    return () => Promise.resolve([]);
  }

  async countRoom(appId: number, roomId: string, maxRooms: number): Promise<void> {
    await this.take(appId, 'rooms', roomId, maxRooms);
  }

  /** Takes back what a failed login has added, unless another login has counted the same since. */
  async takeBack(appId: number, added: AddedCounts): Promise<void> {
    await Promise.all((await added()).map((count) => this.stale.drop(appId, count, 0)));
  }

  /** Returns the count if it is new. */
  private async take(appId: number, what: Counted, id: string, most: number): Promise<Count[]> {
    if (most === 0) {
      return [];
    }
    await this.stale.remind(appId);
    const countIn = () =>
      this.store.quotas.countIn(appId, what, id, most).finally(() => this.stale.note(appId));
    let count = await countIn();
    if (count === undefined) {
      await this.repair(appId, what);
      count = await countIn();
    }
    if (count === undefined) {
      throw new AppError(exceeded[what]);
    }
    return count.added ? [count] : [];
  }

  /** Removes counts that a crash left behind. Runs only when the quota is full. */
  private async repair(appId: number, what: Counted): Promise<void> {
    const key = `${appId}:${what}`;
    const nowMs = Date.now();
    if (nowMs - (this.repairedAtMs.get(key) ?? 0) < repairEveryMs) {
      return;
    }
    this.repairedAtMs.set(key, nowMs);
    await this.stale.dropAll(appId, what);
  }
}
