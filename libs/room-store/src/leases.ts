import { type SessionRef } from '@polyroom/contracts';
import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';
import { fromEntry, toEntry } from './session-entry.js';

/** How many entries one look takes; more follow with the next. */
const mostDue = 200;

/** Who is still there: gateways by their heartbeat, suspended sessions by their grace. */
export class Leases {
  constructor(
    private readonly redis: RedisClient,
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  async renewGateway(gatewayId: string, leaseMs: number): Promise<void> {
    await this.commands.run('setDue', [this.keys.gateways], [gatewayId, leaseMs]);
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

  /** Starts the grace of a session without a socket. */
  async suspend(session: SessionRef, graceMs: number): Promise<void> {
    await this.commands.run('setDue', [this.keys.suspendedOf(session.userId)], [toEntry(session), graceMs]);
  }

  async forgetSuspended(session: SessionRef): Promise<void> {
    await this.redis.zrem(this.keys.suspendedOf(session.userId), toEntry(session));
  }

  /** Gateways whose lease has ended, for this caller for `retryMs`. */
  async takeLostGateways(retryMs: number): Promise<string[]> {
    return (await this.commands.run('takeDue', [this.keys.gateways], [retryMs, mostDue])) as string[];
  }

  async forgetGateway(gatewayId: string): Promise<void> {
    await this.redis.zrem(this.keys.gateways, gatewayId);
  }

  /** Sessions whose grace has ended, for this caller for `retryMs`. */
  async takeExpiredSessions(retryMs: number): Promise<SessionRef[]> {
    const shards = await Promise.all(
      this.keys.suspendedShards.map((key) => this.commands.run('takeDue', [key], [retryMs, mostDue])),
    );
    return (shards as string[][]).flat().map(fromEntry);
  }
}
