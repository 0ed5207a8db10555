import { type BanPrivilege } from '@polyroom/contracts';
import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

export interface BanTime {
  /** 0 lifts the ban. */
  forMs: number;
  /** Keeps a ban that lasts longer. */
  onlyProlong?: boolean;
}

/** Bans: of a user in all rooms or in one, of a whole room, of an address. Those of a user may be from publishing or playing only. */
export class Bans {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  async setUser(
    appId: number,
    userId: string,
    time: BanTime,
    privilege: BanPrivilege = 'login',
  ): Promise<void> {
    await this.commands.run('banAll', [this.ofUser(appId, userId, privilege)], toValues(time));
  }

  async setRoom(appId: number, roomId: string, time: BanTime): Promise<void> {
    await this.commands.run('banAll', [this.keys.room(appId, roomId).ban], toValues(time));
  }

  async setUserInRoom(
    appId: number,
    roomId: string,
    userId: string,
    time: BanTime,
    privilege: BanPrivilege = 'login',
  ): Promise<void> {
    await this.commands.run('ban', [this.inRoom(appId, roomId, privilege)], [userId, ...toValues(time)]);
  }

  /** Whether a ban keeps the user from publishing, or playing, in this room. Throws if it cannot be read. */
  async forbids(
    appId: number,
    roomId: string,
    userId: string,
    privilege: 'publish' | 'play',
  ): Promise<boolean> {
    const [ofUser, untilMs] = await Promise.all([
      this.redis.exists(this.ofUser(appId, userId, privilege)),
      this.redis.zscore(this.inRoom(appId, roomId, privilege), userId),
    ]);
    return ofUser === 1 || (untilMs !== null && Number(untilMs) > Date.now());
  }

  async setAddress(appId: number, address: string, time: BanTime): Promise<void> {
    await this.commands.run('ban', [this.keys.addressBans(appId)], [address, ...toValues(time)]);
  }

  /** Addresses with the end of their ban in Unix ms; includes expired bans that are not removed yet. */
  async listAddresses(appId: number): Promise<Map<string, number>> {
    const flat = await this.redis.zrange(this.keys.addressBans(appId), '0', '-1', 'WITHSCORES');
    const bans = new Map<string, number>();
    for (let index = 0; index < flat.length; index += 2) {
      bans.set(flat[index]!, Number(flat[index + 1]));
    }
    return bans;
  }

  private ofUser(appId: number, userId: string, privilege: BanPrivilege): string {
    const { ban, publishBan, playBan } = this.keys.user(appId, userId);
    return { login: ban, publish: publishBan, play: playBan }[privilege];
  }

  private inRoom(appId: number, roomId: string, privilege: BanPrivilege): string {
    const { bans, publishBans, playBans } = this.keys.room(appId, roomId);
    return { login: bans, publish: publishBans, play: playBans }[privilege];
  }
}

/** As the commands take it: forMs, onlyProlong. */
export function toValues({ forMs, onlyProlong = false }: BanTime): [forMs: number, onlyProlong: 0 | 1] {
  return [forMs, onlyProlong ? 1 : 0];
}
