import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

/** Login bans: of a user in all rooms, of a whole room, of a user in a room, of an address. */
export class Bans {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** `forMs` 0 lifts the ban. */
  async setUser(appId: number, userId: string, forMs: number): Promise<void> {
    await this.setKey(this.keys.user(appId, userId).ban, forMs);
  }

  async setRoom(appId: number, roomId: string, forMs: number): Promise<void> {
    await this.setKey(this.keys.room(appId, roomId).ban, forMs);
  }

  async setUserInRoom(appId: number, roomId: string, userId: string, forMs: number): Promise<void> {
    await this.commands.run('ban', [this.keys.room(appId, roomId).bans], [userId, forMs]);
  }

  async setAddress(appId: number, address: string, forMs: number): Promise<void> {
    await this.commands.run('ban', [this.keys.addressBans(appId)], [address, forMs]);
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

  private async setKey(key: string, forMs: number): Promise<void> {
    if (forMs === 0) {
      await this.redis.del(key);
    } else {
      await this.redis.set(key, '1', 'PX', forMs);
    }
  }
}
