import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

export type Counted = 'rooms' | 'users';

/** One count of a room or user. A later count of the same has another stamp. */
export interface Count {
  what: Counted;
  id: string;
  stamp: string;
}

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

  /** `added` is false if it was counted before. Undefined if the limit is reached. */
  async countIn(
    appId: number,
    what: Counted,
    id: string,
    most: number,
  ): Promise<(Count & { added: boolean }) | undefined> {
    const answer = (await this.commands.run('countIn', [this.keys.quota(appId, what)], [id, most])) as
      [number, string] | null;
    return answer === null ? undefined : { what, id, added: answer[0] === 1, stamp: answer[1] };
  }

  async countOut(appId: number, what: Counted, id: string): Promise<void> {
    await this.redis.zrem(this.keys.quota(appId, what), id);
  }

  /** Takes a count back, unless there was another one since, or it is younger than `minAgeMs`. */
  async drop(appId: number, { what, id, stamp }: Count, minAgeMs: number): Promise<void> {
    await this.commands.run('dropCount', [this.keys.quota(appId, what)], [id, stamp, minAgeMs]);
  }

  /** False if the logins of this second exceed the limit. */
  async countLogin(appId: number, most: number, nowMs: number): Promise<boolean> {
    const second = Math.floor(nowMs / 1000);
    return (await this.commands.run('countRate', [this.keys.loginRate(appId, second)], [most, 5000])) === 1;
  }

  /** A page of the latest counts and the next cursor; `cursor` '0' starts and ends the scan. */
  async scan(appId: number, what: Counted, cursor: string): Promise<{ cursor: string; counts: Count[] }> {
    const [next, flat] = await this.redis.zscan(this.keys.quota(appId, what), cursor, 'COUNT', 100);
    const counts: Count[] = [];
    for (let index = 0; index < flat.length; index += 2) {
      counts.push({ what, id: flat[index]!, stamp: String(Number(flat[index + 1])) });
    }
    return { cursor: next, counts };
  }
}
