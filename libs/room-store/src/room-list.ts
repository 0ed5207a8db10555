import { type RoomSummary } from '@polyroom/contracts';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

/**
 * The IDs of an AppID's rooms in alphabetical order. A hint: a room is what its own keys say, so a page leaves out IDs
 * of rooms that have ended, and the periodic check of a room adds an ID that is missing.
 */
export class RoomList {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RoomStoreKeys,
  ) {}

  async add(appId: number, roomId: string): Promise<void> {
    await this.redis.zadd(this.keys.roomListOf(appId, roomId), 0, roomId);
  }

  /** Removes a room that has ended. False for a room that still exists, or was created again meanwhile: it stays. */
  async drop(appId: number, roomId: string): Promise<boolean> {
    await this.redis.zrem(this.keys.roomListOf(appId, roomId), roomId);
    if (!(await this.exists(appId, roomId))) {
      return true;
    }
    await this.add(appId, roomId);
    return false;
  }

  /** A page, and the last ID that was read if there are more. */
  async page(
    appId: number,
    { prefix, after, limit }: { prefix?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<{ rooms: RoomSummary[]; next: string | undefined }> {
    const from = after !== undefined && after >= (prefix ?? '') ? `(${after}` : `[${prefix ?? ''}`;
    // Room IDs are ASCII, so this sorts behind each ID with the prefix.
    const to = prefix === undefined ? '+' : `(${prefix}\u00ff`;
    const parts = await Promise.all(
      this.keys.roomLists(appId).map((key) => this.redis.zrangebylex(key, from, to, 'LIMIT', 0, limit + 1)),
    );
    const roomIds = parts.flat().sort(compare);
    const found = roomIds.slice(0, limit);
    const rooms = await Promise.all(found.map((roomId) => this.read(appId, roomId)));
    return {
      rooms: rooms.filter((room) => room !== undefined),
      next: roomIds.length > limit ? found.at(-1) : undefined,
    };
  }

  private async read(appId: number, roomId: string): Promise<RoomSummary | undefined> {
    const { room, members, streams } = this.keys.room(appId, roomId);
    const [[epoch, maxMemberCount, keepUntilMs, hidden], memberCount, streamCount] = await Promise.all([
      this.redis.hmget(room, 'epoch', 'maxMemberCount', 'keepUntilMs', 'hidden'),
      this.redis.hlen(members),
      this.redis.hlen(streams),
    ]);
    if (typeof epoch !== 'string') {
      return undefined;
    }
    return {
      roomId,
      roomEpoch: epoch,
      // The parts are not read at once: a hidden member may have left in between.
      memberCount: Math.max(0, memberCount - Number(hidden ?? 0)),
      streamCount,
      maxMemberCount: Number(maxMemberCount ?? 0),
      // The epoch is the time of the creation in µs.
      createdAtMs: Math.floor(Number(epoch) / 1000),
      ...(typeof keepUntilMs === 'string' ? { keepUntilMs: Number(keepUntilMs) } : {}),
    };
  }

  private async exists(appId: number, roomId: string): Promise<boolean> {
    return (await this.redis.exists(this.keys.room(appId, roomId).room)) === 1;
  }
}

/** By code unit, as Redis sorts ASCII; not by locale. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
