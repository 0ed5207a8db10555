import { Injectable } from '@nestjs/common';
import { AppError, type Entitlements } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';

type Counted = Parameters<RoomStore['quotas']['countIn']>[1];

/** Minimum time between two searches of a full quota for stale entries. */
const repairEveryMs = 1000;

/** Enforces the limits of an AppID on users, rooms and logins. Counts only what is limited. */
@Injectable()
export class AppQuotas {
  private readonly repairedAtMs = new Map<string, number>();

  constructor(private readonly store: RoomStore) {}

  /** Throws if a limit of the AppID is reached. */
  async countIn(appId: number, userId: string, roomId: string, limits: Entitlements): Promise<void> {
    const { loginsPerSecond, maxUsers, maxRooms } = limits;
    if (loginsPerSecond > 0) {
      const isWithin = await this.store.quotas.countLogin(appId, loginsPerSecond, Date.now());
      if (!isWithin) {
        throw new AppError('APP_CALL_API_TOO_FREQUENT');
      }
    }
    if (maxUsers > 0 && !(await this.take(appId, 'users', userId, maxUsers))) {
      throw new AppError('APP_EXCEED_MAXIMUM_USER_COUNT');
    }
    await this.countRoom(appId, roomId, maxRooms);
  }

  async countRoom(appId: number, roomId: string, maxRooms: number): Promise<void> {
    if (maxRooms > 0 && !(await this.take(appId, 'rooms', roomId, maxRooms))) {
      throw new AppError('ROOM_EXCEED_MAXIMUM_ROOM_COUNT');
    }
  }

  private async take(appId: number, what: Counted, id: string, most: number): Promise<boolean> {
    if (await this.store.quotas.countIn(appId, what, id, most)) {
      return true;
    }
    await this.repair(appId, what);
    return this.store.quotas.countIn(appId, what, id, most);
  }

  /** Removes counts that a failed login or a crash left behind. Runs only when the quota is full. */
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
      await Promise.all(
        page.ids.map(async (id) => {
          if (!(await this.isThere(appId, what, id))) {
            await this.store.quotas.countOut(appId, what, id);
          }
        }),
      );
      ({ cursor } = page);
    } while (cursor !== '0');
  }

  private async isThere(appId: number, what: Counted, id: string): Promise<boolean> {
    if (what === 'rooms') {
      return this.store.reader.roomExists(appId, id);
    }
    return (await this.store.reader.readUser(appId, id)).sessions.length > 0;
  }
}
