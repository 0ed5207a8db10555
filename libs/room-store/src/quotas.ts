import { type BanTime, toValues } from './bans.js';
import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type Count, type Counted, LoginCounter } from './login-counter.js';
import { type RedisClient } from './redis-client.js';

/** Counts the rooms, users, sessions and bans of an AppID, and its logins per second. All in one slot. */
export class Quotas {
  readonly logins: LoginCounter;

  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {
    this.logins = new LoginCounter(commands, keys);
  }

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
    this.logins.forget(appId, what, id);
    await this.redis.zrem(this.keys.quota(appId, what), id);
  }

  /** False if a new ban would exceed the limit. `forMs` 0 takes the count back. */
  async countBan(appId: number, ban: string, time: BanTime, most: number): Promise<boolean> {
    const [forMs, onlyProlong] = toValues(time);
    const values = [ban, forMs, most, onlyProlong];
    return (await this.commands.run('countBan', [this.keys.countedBans(appId)], values)) === 1;
  }

  /** When a counted ban ends, Unix ms; undefined if there is none. */
  async findBan(appId: number, ban: string): Promise<number | undefined> {
    const untilMs = await this.redis.zscore(this.keys.countedBans(appId), ban);
    return untilMs === null || Number(untilMs) <= Date.now() ? undefined : Number(untilMs);
  }

  /** A page of the counted bans in force and the next cursor; `cursor` '0' starts and ends the scan. */
  async scanBans(
    appId: number,
    cursor: string,
    count: number,
  ): Promise<{ cursor: string; bans: { ban: string; untilMs: number }[] }> {
    const [next, flat] = await this.redis.zscan(this.keys.countedBans(appId), cursor, 'COUNT', count);
    const bans = [];
    for (let index = 0; index < flat.length; index += 2) {
      bans.push({ ban: flat[index]!, untilMs: Number(flat[index + 1]) });
    }
    return { cursor: next, bans: bans.filter(({ untilMs }) => untilMs > Date.now()) };
  }

  /** How many are counted now. */
  async used(appId: number, what: Counted | 'bans'): Promise<number> {
    return what === 'bans'
      ? this.redis.zcount(this.keys.countedBans(appId), Date.now(), '+inf')
      : this.redis.zcard(this.keys.quota(appId, what));
  }

  /** Takes a count back, unless there was another one since, or it is younger than `minAgeMs`: then returns false. */
  async drop(appId: number, { what, id, stamp }: Count, minAgeMs: number): Promise<boolean> {
    const values = [id, stamp, minAgeMs];
    return (await this.commands.run('dropCount', [this.keys.quota(appId, what)], values)) === 1;
  }

  /** Makes a count the latest one, unless there was another one since. */
  async keep(appId: number, { what, id, stamp }: Count): Promise<void> {
    await this.commands.run('keepCount', [this.keys.quota(appId, what)], [id, stamp]);
  }

  /** The oldest counts. */
  async oldest(appId: number, what: Counted, most: number): Promise<Count[]> {
    const flat = await this.redis.zrange(this.keys.quota(appId, what), '0', String(most - 1), 'WITHSCORES');
    return toCounts(what, flat);
  }

  /** A page of the latest counts and the next cursor; `cursor` '0' starts and ends the scan. */
  async scan(appId: number, what: Counted, cursor: string): Promise<{ cursor: string; counts: Count[] }> {
    const [next, flat] = await this.redis.zscan(this.keys.quota(appId, what), cursor, 'COUNT', 100);
    return { cursor: next, counts: toCounts(what, flat) };
  }
}

/** `flat`: IDs, each followed by its score. */
function toCounts(what: Counted, flat: string[]): Count[] {
  const counts: Count[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    counts.push({ what, id: flat[index]!, stamp: String(Number(flat[index + 1])) });
  }
  return counts;
}

/** ID of a session in its count. */
export function sessionCountId({ userId, sessionId }: { userId: string; sessionId: string }): string {
  return `${sessionId} ${userId}`;
}
