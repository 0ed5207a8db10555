/**
 * The only place where a key is spelled. The braces are the hash tag: all keys of one script share one slot
 * of a Redis Cluster. No key has a time to live: a record ends because its owner's lease ended.
 */
export interface UserKeys {
  /** hash roomId → slot { session, epoch, state, leaseMs?, request }; gone with the user's last room. */
  rooms: string;
  /** hash sessionId → session { gateway, node, name, mode, state, evicted? }; gone with the last session. */
  sessions: string;
  /** hash streamId → claim { session, channel }; gone with the last stream. */
  claims: string;
}

export interface RoomKeys {
  /** hash { epoch, seq, maxMemberCount }; gone with the last member. */
  room: string;
  /** hash userId → member { session, epoch, name }. */
  members: string;
  /** hash streamId → stream { session, user, name, kinds, extraInfo }. */
  streams: string;
  /** zset userId by the end of the ban, Unix ms; outlives the room. */
  bans: string;
}

export interface StreamKeys {
  /** hash { session, user, node }; gone when its owner gives it up or ends. */
  stream: string;
  /** set of roomIds that show it. */
  shares: string;
}

const reaperShards = 16;

export class RoomStoreKeys {
  constructor(private readonly prefix: string) {}

  user(appId: number, userId: string): UserKeys {
    const slot = `${this.prefix}:{${appId}:u:${userId}}`;
    return { rooms: `${slot}:rooms`, sessions: `${slot}:sessions`, claims: `${slot}:claims` };
  }

  room(appId: number, roomId: string): RoomKeys {
    const slot = `${this.prefix}:{${appId}:r:${roomId}}`;
    return {
      room: `${slot}:room`,
      members: `${slot}:members`,
      streams: `${slot}:streams`,
      bans: `${slot}:bans`,
    };
  }

  stream(appId: number, streamId: string): StreamKeys {
    const slot = `${this.prefix}:{${appId}:s:${streamId}}`;
    return { stream: `${slot}:stream`, shares: `${slot}:shares` };
  }

  /** set of session entries that a gateway holds. */
  gatewaySessions(gatewayId: string): string {
    return `${this.prefix}:{gw:${gatewayId}}:sessions`;
  }

  /** zset of gateway IDs by the end of their lease, Unix ms. */
  get gateways(): string {
    return `${this.prefix}:{reap:gateways}:due`;
  }

  /** zset of session entries by the end of their grace, Unix ms; by user, so that the load spreads. */
  suspended(shard: number): string {
    return `${this.prefix}:{reap:${shard}}:suspended`;
  }

  suspendedOf(userId: string): string {
    let hash = 0;
    for (let index = 0; index < userId.length; index++) {
      hash = (hash * 31 + userId.charCodeAt(index)) >>> 0;
    }
    return this.suspended(hash % reaperShards);
  }

  get suspendedShards(): string[] {
    return Array.from({ length: reaperShards }, (_, shard) => this.suspended(shard));
  }
}
