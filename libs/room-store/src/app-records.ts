import { Cluster } from 'ioredis';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

const scanCount = 1000;

/** Everything of an AppID, for its deletion. Scans: not for requests of clients. */
export class AppRecords {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Rooms of an AppID, `most` at most. Each room has a reminder of its next check. */
  async listRooms(appId: number, most: number): Promise<string[]> {
    const roomIds = new Set<string>();
    for (const shard of this.keys.checkedShards) {
      let cursor = '0';
      do {
        const [next, flat] = await this.redis.zscan(
          shard,
          cursor,
          'MATCH',
          `\\[${appId},*`,
          'COUNT',
          scanCount,
        );
        for (let index = 0; index < flat.length && roomIds.size < most; index += 2) {
          const [, roomId] = JSON.parse(flat[index]!) as [number, string];
          roomIds.add(roomId);
        }
        cursor = next;
      } while (cursor !== '0' && roomIds.size < most);
    }
    return [...roomIds];
  }

  /** Deletes all keys of an AppID: bans, fences, counters, and what a late request has left. */
  async deleteKeys(appId: number): Promise<number> {
    const nodes = this.redis instanceof Cluster ? this.redis.nodes('master') : [this.redis];
    let deleted = 0;
    for (const node of nodes) {
      let cursor = '0';
      do {
        const [next, keys] = await node.scan(cursor, 'MATCH', this.keys.patternOf(appId), 'COUNT', scanCount);
        // One by one: keys of a Cluster's node may be of different slots.
        await Promise.all(keys.map((key) => this.redis.unlink(key)));
        deleted += keys.length;
        cursor = next;
      } while (cursor !== '0');
    }
    return deleted;
  }
}
