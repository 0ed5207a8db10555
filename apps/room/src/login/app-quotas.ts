import { Injectable } from '@nestjs/common';
import { AppError, type Entitlements, type ErrorName } from '@polyroom/contracts';
import { type Count, type Counted, RoomStore } from '@polyroom/room-store';

/** Minimum time between two searches of a full quota for stale counts. */
const repairEveryMs = 1000;
/** A younger count may be that of a login in progress, which is admitted before its caller times out. */
const staleAfterMs = 15_000;

const exceeded: Record<Counted, ErrorName> = {
  users: 'APP_EXCEED_MAXIMUM_USER_COUNT',
  rooms: 'ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
};

/** Enforces the limits of an AppID on users, rooms and logins. Counts only what is limited. */
@Injectable()
export class AppQuotas {
  private readonly repairedAtMs = new Map<string, number>();

  constructor(private readonly store: RoomStore) {}

  /** Throws if a limit of the AppID is reached. Returns what the login adds, to be taken back if it fails. */
  async countIn(appId: number, userId: string, roomId: string, limits: Entitlements): Promise<Count[]> {
    const { loginsPerSecond, maxUsers, maxRooms } = limits;
    if (loginsPerSecond > 0) {
      const isWithin = await this.store.quotas.countLogin(appId, loginsPerSecond, Date.now());
      if (!isWithin) {
        throw new AppError('APP_CALL_API_TOO_FREQUENT');
      }
    }
    const users = await this.take(appId, 'users', userId, maxUsers);
    try {
      return [...users, ...(await this.take(appId, 'rooms', roomId, maxRooms))];
    } catch (error) {
      await this.takeBack(appId, users);
      throw error;
    }
  }

  async countRoom(appId: number, roomId: string, maxRooms: number): Promise<void> {
    await this.take(appId, 'rooms', roomId, maxRooms);
  }

  /** Takes back what a failed login has added, unless another login has counted the same since. */
  async takeBack(appId: number, counts: Count[]): Promise<void> {
    await Promise.all(counts.map((count) => this.dropUnlessThere(appId, count, 0)));
  }

  /** Returns the count if it is new. */
  private async take(appId: number, what: Counted, id: string, most: number): Promise<Count[]> {
    if (most === 0) {
      return [];
    }
    let count = await this.store.quotas.countIn(appId, what, id, most);
    if (count === undefined) {
      await this.repair(appId, what);
      count = await this.store.quotas.countIn(appId, what, id, most);
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
    let cursor = '0';
    do {
      const page = await this.store.quotas.scan(appId, what, cursor);
      await Promise.all(page.counts.map((count) => this.dropUnlessThere(appId, count, staleAfterMs)));
      ({ cursor } = page);
    } while (cursor !== '0');
  }

  private async dropUnlessThere(appId: number, count: Count, minAgeMs: number): Promise<void> {
    if (!(await this.isThere(appId, count))) {
      await this.store.quotas.drop(appId, count, minAgeMs);
    }
  }

  private async isThere(appId: number, { what, id }: Count): Promise<boolean> {
    if (what === 'rooms') {
      return this.store.reader.roomExists(appId, id);
    }
    return (await this.store.reader.readUser(appId, id)).sessions.length > 0;
  }
}
