import { type SessionRef } from '@polyroom/contracts';
import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';
import { fromEntry, toEntry } from './session-entry.js';

/** Entries that one call takes per key; the next call takes more. */
const mostDue = 200;

/** A due entry, taken by one caller. */
export interface Due<T> {
  value: T;
  /** When it is due again if the caller crashes; also identifies this take. */
  dueMs: string;
}

/** Due times: gateways by their heartbeat, suspended sessions by their grace, rooms and AppIDs by their next check. */
export class Leases {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** False if the gateway was unknown: it is new, or was declared lost. */
  async renewGateway(gatewayId: string, leaseMs: number): Promise<boolean> {
    return (await this.commands.run('setDue', [this.keys.gateways], [gatewayId, leaseMs])) === 0;
  }

  /** True if the gateway has a lease, or an expired one whose sessions are being suspended. */
  async knowsGateway(gatewayId: string): Promise<boolean> {
    return (await this.redis.zscore(this.keys.gateways, gatewayId)) !== null;
  }

  /** Adds a session to the list of its gateway. False if it is on it. */
  async bindSession(session: SessionRef, gatewayId: string): Promise<boolean> {
    return (await this.redis.sadd(this.keys.gatewaySessions(gatewayId), toEntry(session))) === 1;
  }

  async unbindSession(session: SessionRef, gatewayId: string): Promise<void> {
    await this.redis.srem(this.keys.gatewaySessions(gatewayId), toEntry(session));
  }

  async sessionsOfGateway(gatewayId: string): Promise<SessionRef[]> {
    return (await this.redis.smembers(this.keys.gatewaySessions(gatewayId))).map(fromEntry);
  }

  /** A page of a gateway's sessions and the next cursor; `cursor` '0' starts and ends the scan. */
  async scanGateway(gatewayId: string, cursor: string): Promise<{ cursor: string; sessions: SessionRef[] }> {
    const [next, entries] = await this.redis.sscan(
      this.keys.gatewaySessions(gatewayId),
      cursor,
      'COUNT',
      200,
    );
    return { cursor: next, sessions: entries.map(fromEntry) };
  }

  /** Schedules a check of the session for the end of its grace. A hint: the session record decides. */
  async remindOfSession(session: SessionRef, inMs: number): Promise<void> {
    await this.commands.run('setDue', [this.keys.suspendedOf(session.userId)], [toEntry(session), inMs]);
  }

  /** Removes a reminder, unless it was rescheduled since it was taken. */
  async dropSession({ value, dueMs }: Due<SessionRef>): Promise<void> {
    await this.commands.run('dropDue', [this.keys.suspendedOf(value.userId)], [toEntry(value), dueMs]);
  }

  /** Takes gateways whose lease has expired; other callers do not get them for `retryMs`. */
  takeLostGateways(retryMs: number): Promise<Due<string>[]> {
    return this.take([this.keys.gateways], retryMs, (entry) => entry);
  }

  async dropGateway({ value, dueMs }: Due<string>): Promise<void> {
    await this.commands.run('dropDue', [this.keys.gateways], [value, dueMs]);
  }

  /** Takes sessions whose grace may have expired; other callers do not get them for `retryMs`. */
  takeExpiredSessions(retryMs: number): Promise<Due<SessionRef>[]> {
    return this.take(this.keys.suspendedShards, retryMs, fromEntry);
  }

  /** Sessions of an AppID that have a reminder: all that are suspended, and some that no longer are. */
  async findRemindedSessions(appId: number): Promise<SessionRef[]> {
    const found = new Map<string, SessionRef>();
    for (const key of this.keys.suspendedShards) {
      let cursor = '0';
      do {
        const [next, flat] = await this.redis.zscan(key, cursor, 'COUNT', 1000);
        for (let index = 0; index < flat.length; index += 2) {
          const session = fromEntry(flat[index]!);
          if (session.appId === appId) {
            found.set(flat[index]!, session);
          }
        }
        cursor = next;
      } while (cursor !== '0');
    }
    return [...found.values()];
  }

  /** Schedules a check of a room: its memberships, and whether it is to be deleted. */
  async remindOfRoom(appId: number, roomId: string, inMs: number): Promise<void> {
    await this.commands.run('setDue', [this.keys.checkedOf(roomId)], [JSON.stringify([appId, roomId]), inMs]);
  }

  takeRoomsToCheck(retryMs: number): Promise<Due<{ appId: number; roomId: string }>[]> {
    return this.take(this.keys.checkedShards, retryMs, (entry) => {
      const [appId, roomId] = JSON.parse(entry) as [number, string];
      return { appId, roomId };
    });
  }

  async dropRoom({ value: { appId, roomId }, dueMs }: Due<{ appId: number; roomId: string }>): Promise<void> {
    const entry = JSON.stringify([appId, roomId]);
    await this.commands.run('dropDue', [this.keys.checkedOf(roomId)], [entry, dueMs]);
  }

  /** Removes the reminder of a room that was closed for good. */
  async forgetRoom(appId: number, roomId: string): Promise<void> {
    await this.redis.zrem(this.keys.checkedOf(roomId), JSON.stringify([appId, roomId]));
  }

  /** Schedules a check of what an AppID has counted, unless one is scheduled. */
  async remindOfCounts(appId: number, inMs: number): Promise<void> {
    await this.commands.run('setDue', [this.keys.countsToCheck], [appId, inMs, 1]);
  }

  /** Takes AppIDs whose counts are to be checked; they are due again after `retryMs`. */
  takeCountsToCheck(retryMs: number): Promise<Due<number>[]> {
    return this.take([this.keys.countsToCheck], retryMs, Number);
  }

  async dropCounts({ value, dueMs }: Due<number>): Promise<void> {
    await this.commands.run('dropDue', [this.keys.countsToCheck], [value, dueMs]);
  }

  private async take<T>(keys: string[], retryMs: number, parse: (entry: string) => T): Promise<Due<T>[]> {
    const answers = await Promise.allSettled(
      keys.map((key) => this.commands.run('takeDue', [key], [retryMs, mostDue])),
    );
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined && answers.every((answer) => answer.status === 'rejected')) {
      throw failed.reason;
    }
    // If some nodes of a Cluster are unavailable, the entries of the other nodes are still handled.
    return answers.flatMap((answer) => {
      if (answer.status === 'rejected') {
        return [];
      }
      const [dueMs, entries] = answer.value as [string, string[]];
      return entries.map((entry) => ({ value: parse(entry), dueMs }));
    });
  }
}
