import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type Outbox } from './outbox.js';
import { type RedisClient } from './redis-client.js';

/** What an application server sets for a room. */
export interface RoomSettingsView {
  /** 0 = no limit of the room. */
  maxMemberCount: number;
  /** The room stays until then, even while it is empty. */
  keepUntilMs?: number;
  /** The version of the settings: another one after each change. */
  etag: string;
}

/** Settings of rooms, which may be older than their first members. */
export class RoomSettings {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Creates a room, or changes its settings. It stays for `keepMs`, even while it is empty. `ifMatch` is the expected
   * version, or `*` for any version of an existing room.
   */
  async set(
    appId: number,
    roomId: string,
    options: { maxMemberCount: number; keepMs: number; ifMatch?: string | undefined },
  ): Promise<{ created: boolean; etag: string }> {
    const { ifMatch = '', keepMs, maxMemberCount } = options;
    const { room } = this.keys.room(appId, roomId);
    const outbox = this.keys.outbox({ appId, roomId });
    const answer = await this.commands.run('createRoom', [room, outbox], [maxMemberCount, keepMs, ifMatch]);
    const [created, epoch, keepUntilMs] = answer as [number, string, string];
    if (created === 1) {
      this.outbox.written({ appId, roomId });
    }
    return { created: created === 1, etag: toEtag(epoch, maxMemberCount, keepUntilMs) };
  }

  /** Undefined if there is no such room. */
  async read(appId: number, roomId: string): Promise<RoomSettingsView | undefined> {
    const { room } = this.keys.room(appId, roomId);
    const [epoch, most, keepUntilMs] = await this.redis.hmget(room, 'epoch', 'maxMemberCount', 'keepUntilMs');
    if (typeof epoch !== 'string') {
      return undefined;
    }
    return {
      maxMemberCount: Number(most ?? 0),
      ...(typeof keepUntilMs === 'string' ? { keepUntilMs: Number(keepUntilMs) } : {}),
      etag: toEtag(epoch, most ?? 0, keepUntilMs ?? 0),
    };
  }
}

/** As createRoom-2.lua. */
function toEtag(epoch: string, maxMemberCount: string | number, keepUntilMs: string | number): string {
  return `${epoch}-${maxMemberCount}-${keepUntilMs}`;
}
