import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

export type Counted = 'rooms' | 'users';

/**
 * How many rooms and users an AppID has at once, and how many logins a second. Kept only for AppIDs that
 * have such a limit: it is the one thing that is written by everyone of an AppID.
 */
export class Quotas {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** False where the AppID has as many as it may. */
  async countIn(appId: number, what: Counted, id: string, most: number): Promise<boolean> {
    return (await this.commands.run('countIn', [this.keys.quota(appId, what)], [id, most])) === 1;
  }

  async countOut(appId: number, what: Counted, id: string): Promise<void> {
    await this.redis.srem(this.keys.quota(appId, what), id);
  }

  /** False where there were as many logins in this second as there may be. */
  async countLogin(appId: number, most: number, nowMs: number): Promise<boolean> {
    const second = Math.floor(nowMs / 1000);
    return (await this.commands.run('countRate', [this.keys.loginRate(appId, second)], [most, 5000])) === 1;
  }

  /** Some of those that are counted, and where to go on; `cursor` '0' is the beginning and the end. */
  async scan(appId: number, what: Counted, cursor: string): Promise<{ cursor: string; ids: string[] }> {
    const [next, ids] = await this.redis.sscan(this.keys.quota(appId, what), cursor, 'COUNT', 100);
    return { cursor: next, ids };
  }
}
