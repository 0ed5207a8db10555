import { type RoomAttribute } from '@polyroom/contracts';
import { type Commands, toRecords } from './commands.js';
import { type RoomStoreKeys } from './keys.js';

interface AttributeRecord {
  value: string;
  version: number;
  user: string;
  atMs: number;
}

export interface AttributeChange {
  key: string;
  /** '' deletes the attribute. */
  value: string;
  /** The expected version; 0 = the attribute must not exist; undefined = any. */
  version: number | undefined;
}

/** Key-value state of a room. The last write wins, unless the change names the expected version. */
export class RoomAttributes {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Applies all changes or none. Without a session the caller is the application server, which gets the etag. */
  async set(
    appId: number,
    roomId: string,
    by: { userId: string; sessionId?: string; epoch?: number },
    changes: AttributeChange[],
    options: { maxKeys: number; ifMatch?: string | undefined },
  ): Promise<{ roomEpoch: string; seq: number; attributes: RoomAttribute[]; etag: string }> {
    const { room, members, attributes } = this.keys.room(appId, roomId);
    const list = changes.map(({ key, value, version }) => [key, value, version ?? -1]);
    const [roomEpoch, seq, changed, etag] = (await this.commands.run(
      'setAttributes',
      [room, members, attributes],
      [
        by.userId,
        by.sessionId ?? '',
        by.epoch ?? 0,
        options.maxKeys,
        JSON.stringify(list),
        options.ifMatch ?? '',
      ],
    )) as [string, number, string[], string];
    return { roomEpoch, seq, attributes: toAttributes(changed), etag };
  }

  /** All attributes, and the hash that stands for them. Throws ROOM_ROOMID_INCORRECT if there is no such room. */
  async read(appId: number, roomId: string): Promise<{ attributes: RoomAttribute[]; etag: string }> {
    const { room, attributes } = this.keys.room(appId, roomId);
    const [etag, flat] = (await this.commands.run('readAttributes', [room, attributes], [])) as [
      string,
      string[],
    ];
    return { attributes: toAttributes(flat), etag };
  }
}

export function toAttributes(flat: string[]): RoomAttribute[] {
  return toRecords<AttributeRecord>(flat).map(([key, { value, version, user, atMs }]) => ({
    key,
    value,
    version,
    updatedByUserId: user,
    updatedAtMs: atMs,
  }));
}
