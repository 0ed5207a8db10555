import { Inject, Injectable } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { AppError } from '@polyroom/contracts';
import { type BanTime, RoomStore } from '@polyroom/room-store';

/** The quota of bans of an AppID. What is counted is also the list of its bans. */
@Injectable()
export class BanQuota {
  constructor(
    private readonly store: RoomStore,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  /**
   * Counts a ban before it is set: a crash in between leaves a count, which expires with the ban, and never a ban
   * without one. Throws APP_EXCEED_MAXIMUM_BAN_COUNT.
   */
  async count(appId: number, banText: string, time: BanTime): Promise<void> {
    const { maxBans } = await this.entitlements.get(appId);
    if (!(await this.store.quotas.countBan(appId, banText, time, maxBans))) {
      throw new AppError('APP_EXCEED_MAXIMUM_BAN_COUNT', { details: { maxBans } });
    }
  }

  /** Takes the count of a lifted ban back. */
  async takeBack(appId: number, banText: string): Promise<void> {
    await this.store.quotas.countBan(appId, banText, { forMs: 0 }, 0);
  }
}
