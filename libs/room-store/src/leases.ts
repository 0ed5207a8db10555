import { type SessionRef } from '@polyroom/contracts';
import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';
import { fromEntry, toEntry } from './session-entry.js';

/** How many entries one look takes; more follow with the next. */
const mostDue = 200;

/** Something that is due, taken by one caller. */
export interface Due<T> {
  value: T;
  /** When it is due again, should the caller die; names this taking. */
  dueMs: string;
}

/** Who is still there: gateways by their heartbeat, suspended sessions by their grace, rooms by their check. */
export class Leases {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** False where the gateway was not known: it is new, or was given up meanwhile. */
  async renewGateway(gatewayId: string, leaseMs: number): Promise<boolean> {
    return (await this.commands.run('setDue', [this.keys.gateways], [gatewayId, leaseMs])) === 0;
  }

  /** Whether somebody looks after the sessions of a gateway: it beats, or is about to be given up. */
  async knowsGateway(gatewayId: string): Promise<boolean> {
    return (await this.redis.zscore(this.keys.gateways, gatewayId)) !== null;
  }

  /** Notes which gateway answers for a session. */
  async bindSession(session: SessionRef, gatewayId: string): Promise<void> {
    await this.redis.sadd(this.keys.gatewaySessions(gatewayId), toEntry(session));
  }

  async unbindSession(session: SessionRef, gatewayId: string): Promise<void> {
    await this.redis.srem(this.keys.gatewaySessions(gatewayId), toEntry(session));
  }

  async sessionsOfGateway(gatewayId: string): Promise<SessionRef[]> {
    return (await this.redis.smembers(this.keys.gatewaySessions(gatewayId))).map(fromEntry);
  }

  /** Some of a gateway's sessions, and where to go on; `cursor` '0' is the beginning and the end. */
  async scanGateway(gatewayId: string, cursor: string): Promise<{ cursor: string; sessions: SessionRef[] }> {
    const [next, entries] = await this.redis.sscan(
      this.keys.gatewaySessions(gatewayId),
      cursor,
      'COUNT',
      200,
    );
    return { cursor: next, sessions: entries.map(fromEntry) };
  }

  /** Has the session looked at when its grace may be over. A hint: what the session itself says holds. */
  async remindOfSession(session: SessionRef, inMs: number): Promise<void> {
    await this.commands.run('setDue', [this.keys.suspendedOf(session.userId)], [toEntry(session), inMs]);
  }

  /** Forgets a reminder that was not set anew since it was taken. */
  async dropSession({ value, dueMs }: Due<SessionRef>): Promise<void> {
    await this.commands.run('dropDue', [this.keys.suspendedOf(value.userId)], [toEntry(value), dueMs]);
  }

  /** Gateways whose lease has ended, for this caller for `retryMs`. */
  takeLostGateways(retryMs: number): Promise<Due<string>[]> {
    return this.take([this.keys.gateways], retryMs, (entry) => entry);
  }

  async dropGateway({ value, dueMs }: Due<string>): Promise<void> {
    await this.commands.run('dropDue', [this.keys.gateways], [value, dueMs]);
  }

  /** Sessions whose grace may be over, for this caller for `retryMs`. */
  takeExpiredSessions(retryMs: number): Promise<Due<SessionRef>[]> {
    return this.take(this.keys.suspendedShards, retryMs, fromEntry);
  }

  /** Has a room looked at: whether its members are still who they say, and whether it need be there. */
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

  private async take<T>(keys: string[], retryMs: number, parse: (entry: string) => T): Promise<Due<T>[]> {
    const answers = await Promise.allSettled(
      keys.map((key) => this.commands.run('takeDue', [key], [retryMs, mostDue])),
    );
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined && answers.every((answer) => answer.status === 'rejected')) {
      throw failed.reason;
    }
    // A node of a Cluster that is away keeps its part to itself; that of the others goes on.
    return answers.flatMap((answer) => {
      if (answer.status === 'rejected') {
        return [];
      }
      const [dueMs, entries] = answer.value as [string, string[]];
      return entries.map((entry) => ({ value: parse(entry), dueMs }));
    });
  }
}
