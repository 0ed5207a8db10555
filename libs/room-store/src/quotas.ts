import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

export type Counted = 'rooms' | 'users';

/**
 * Counts the concurrent rooms and users of an AppID and its logins per second. Only for AppIDs that have such
 * a limit, because every login of the AppID writes these same keys.
 */
export class Quotas {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** False if the limit is reached. */
  async countIn(appId: number, what: Counted, id: string, most: number): Promise<boolean> {
    return (await this.commands.run('countIn', [this.keys.quota(appId, what)], [id, most])) === 1;
  }

  async countOut(appId: number, what: Counted, id: string): Promise<void> {
    await this.redis.srem(this.keys.quota(appId, what), id);
  }

  /** False if the logins of this second exceed the limit. */
  async countLogin(appId: number, most: number, nowMs: number): Promise<boolean> {
    const second = Math.floor(nowMs / 1000);
    return (await this.commands.run('countRate', [this.keys.loginRate(appId, second)], [most, 5000])) === 1;
  }

  /** A page of the counted IDs and the next cursor; `cursor` '0' starts and ends the scan. */
  async scan(appId: number, what: Counted, cursor: string): Promise<{ cursor: string; ids: string[] }> {
    const [next, ids] = await this.redis.sscan(this.keys.quota(appId, what), cursor, 'COUNT', 100);
    return { cursor: next, ids };
  }
}
