import { Cluster, type Redis } from 'ioredis';
import { type Commands } from './commands.js';
import { type OutboxOwner, type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';

/** An event that a command has recorded with its change, as it waits for the event log. */
export interface OutboxEntry {
  /** Unique and growing within the outbox. */
  id: string;
  atMs: number;
  /** `type`, and the fields of the event. */
  event: { type: string } & Record<string, unknown>;
}

/** Outboxes are found by a scan of this many keys at a time. */
const scanCount = 1000;

/**
 * The events of rooms and users that are not in the event log yet. Each command records its events in the slot that it
 * changes, in the same step: a crash loses neither.
 */
export class Outbox {
  /** Called after a command that may have recorded events. */
  onWritten: ((owner: OutboxOwner) => void) | undefined;

  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  written(owner: OutboxOwner): void {
    this.onWritten?.(owner);
  }

  /** The oldest entries. */
  async read(owner: OutboxOwner, most: number): Promise<OutboxEntry[]> {
    return (await this.redis.lrange(this.keys.outbox(owner), 0, most - 1)).map(toEntry);
  }

  /** Removes the entries up to the one with this ID; without effect if it is not there any more. Returns how many are left. */
  async drop(owner: OutboxOwner, id: string): Promise<number> {
    return Number(await this.commands.run('dropEvents', [this.keys.outbox(owner)], [id]));
  }

  /** True for one caller within the time, so that only one instance scans. */
  async takeScan(forMs: number): Promise<boolean> {
    return (await this.redis.set(this.keys.outboxScan, '1', 'PX', forMs, 'NX')) === 'OK';
  }

  /** Visits every outbox that has entries, over the whole key space. */
  async scan(visit: (owner: OutboxOwner) => void): Promise<void> {
    const nodes: Redis[] = this.redis instanceof Cluster ? this.redis.nodes('master') : [this.redis];
    for (const node of nodes) {
      let cursor = '0';
      do {
        const [next, found] = await node.scan(cursor, 'MATCH', this.keys.outboxPattern, 'COUNT', scanCount);
        for (const key of found) {
          const owner = this.keys.ownerOf(key);
          if (owner !== undefined) {
            visit(owner);
          }
        }
        cursor = next;
      } while (cursor !== '0');
    }
  }
}

function toEntry(text: string): OutboxEntry {
  const space = text.indexOf(' ');
  const id = text.slice(0, space);
  return {
    id,
    atMs: Math.floor(Number(id) / 1000),
    event: JSON.parse(text.slice(space + 1)) as OutboxEntry['event'],
  };
}
