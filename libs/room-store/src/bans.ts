import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

export interface BanTime {
  /** 0 lifts the ban. */
  forMs: number;
  /** Keeps a ban that lasts longer. */
  onlyProlong?: boolean;
}

/** Login bans: of a user in all rooms, of a whole room, of a user in a room, of an address. */
export class Bans {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  async setUser(appId: number, userId: string, time: BanTime): Promise<void> {
    await this.commands.run('banAll', [this.keys.user(appId, userId).ban], toValues(time));
  }

  async setRoom(appId: number, roomId: string, time: BanTime): Promise<void> {
    await this.commands.run('banAll', [this.keys.room(appId, roomId).ban], toValues(time));
  }

  async setUserInRoom(appId: number, roomId: string, userId: string, time: BanTime): Promise<void> {
    await this.commands.run('ban', [this.keys.room(appId, roomId).bans], [userId, ...toValues(time)]);
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
}

/** As the commands take it: forMs, onlyProlong. */
export function toValues({ forMs, onlyProlong = false }: BanTime): [forMs: number, onlyProlong: 0 | 1] {
  return [forMs, onlyProlong ? 1 : 0];
}
