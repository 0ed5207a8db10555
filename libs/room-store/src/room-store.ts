import { type TlsFiles } from '@polyroom/config';
import { AppRecords } from './app-records.js';
import { Bans } from './bans.js';
import { Commands } from './commands.js';
import { RoomStoreKeys } from './keys.js';
import { Leases } from './leases.js';
import { Outbox } from './outbox.js';
import { Quotas } from './quotas.js';
import { connectRedis, type RedisClient } from './redis-client.js';
import { Idempotency } from './idempotency.js';
import { readRedisMemory, type RedisMemory } from './redis-memory.js';
import { RoomAttributes } from './room-attributes.js';
import { RoomList } from './room-list.js';
import { RoomReader } from './room-reader.js';
import { RoomSettings } from './room-settings.js';
import { RoomSlot } from './room-slot.js';
import { StreamSlot } from './stream-slot.js';
import { UserSlot } from './user-slot.js';

export interface RoomStoreOptions {
  /** One server or the nodes of a Cluster; see `parseRedisAddress` for the format. */
  url: string;
  /** Prefix of every key. */
  prefix: string;
  onError?: (error: Error) => void;
  /** Combines the commands of one event-loop tick in one write; true by default. */
  fastIo?: boolean;
  /** Trusted authorities and the own certificate, with `rediss://`. */
  tls?: TlsFiles | undefined;
}

/** Applies the rules of rooms in Redis. Owns its connection. */
export class RoomStore {
  readonly user: UserSlot;
  readonly room: RoomSlot;
  readonly settings: RoomSettings;
  readonly stream: StreamSlot;
  readonly attributes: RoomAttributes;
  readonly bans: Bans;
  readonly quotas: Quotas;
  readonly leases: Leases;
  readonly reader: RoomReader;
  readonly apps: AppRecords;
  readonly outbox: Outbox;
  readonly roomList: RoomList;
  readonly idempotency: Idempotency;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly redis: RedisClient,
    prefix: string,
  ) {
    const commands = new Commands(redis);
    const keys = new RoomStoreKeys(prefix);
    this.outbox = new Outbox(redis, commands, keys);
    this.user = new UserSlot(commands, keys, this.outbox);
    this.room = new RoomSlot(commands, keys, this.outbox);
    this.settings = new RoomSettings(redis, commands, keys, this.outbox);
    this.stream = new StreamSlot(redis, commands, keys);
    this.attributes = new RoomAttributes(commands, keys);
    this.bans = new Bans(redis, commands, keys);
    this.quotas = new Quotas(redis, commands, keys);
    this.leases = new Leases(redis, commands, keys);
    this.reader = new RoomReader(redis, keys);
    this.apps = new AppRecords(redis, keys);
    this.roomList = new RoomList(redis, keys);
    this.idempotency = new Idempotency(commands, keys);
  }

  static async connect(options: RoomStoreOptions): Promise<RoomStore> {
    const redis = await connectRedis(options.url, (error) => options.onError?.(error), options);
    return new RoomStore(redis, options.prefix);
  }

  /** Throws if Redis does not reply. */
  async ping(): Promise<void> {
    await this.redis.ping();
  }

  /** The memory of every master; `maxBytes` is 0 without a limit. Throws if one does not reply. */
  readMemory(): Promise<RedisMemory[]> {
    return readRedisMemory(this.redis);
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.redis.quit().then(
      () => undefined,
      () => this.redis.disconnect(),
    );
    return this.closing;
  }
}
