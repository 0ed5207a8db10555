/**
 * Builds all keys. The braces are the hash tag: all keys of one script map to one slot of a Redis Cluster.
 * Records of sessions and rooms have no TTL: they are deleted when the lease of their owner expires. Bans,
 * mutes, fences, counters by time and answers to Idempotency-Keys expire in Redis.
 */
export interface UserKeys {
  /** hash roomId → slot { session, epoch, state, leaseMs?, request, note }; deleted with the user's last room. */
  rooms: string;
  /**
   * hash sessionId → session { gateway, node, name, mode, state, attach, token, client?, socket?, graceEndMs?, evicted?,
   * lost? }.
   */
  sessions: string;
  /** hash streamId → claim { session, channel }; deleted with the last stream. */
  claims: string;
  /** string; exists while the user is banned from all rooms. */
  ban: string;
  /** strings; exist while the user may not publish, or play, in any room. */
  publishBan: string;
  playBan: string;
}

export interface RoomKeys {
  /** hash { epoch, seq, maxMemberCount, keepUntilMs?, muted:<streamId>? }; deleted when empty, from keepUntilMs on. */
  room: string;
  /** hash userId → member { session, epoch, name }. */
  members: string;
  /**
   * hash streamId → stream { session ('' = of an application server), user, name, kinds, extraInfo, muted, forbidden,
   * at, number }; lists have commas.
   */
  streams: string;
  /** hash key → attribute { value, version, user, atMs }. */
  attributes: string;
  /** zset userId by the end of the ban, Unix ms; outlives the room. */
  bans: string;
  /** string; exists while all logins are banned. */
  ban: string;
  /** zsets as `bans`, of users that may not publish, or play, in the room. */
  publishBans: string;
  playBans: string;
  /** zset u:kind:userId or s:kind:streamId by the end of the operator's mute, Unix ms; outlives the room. */
  mutes: string;
}

export interface StreamKeys {
  /** hash { session, user, node }; deleted when its owner releases it or ends. */
  stream: string;
  /** set of the roomIds that show the stream. */
  shares: string;
  /** string; exists while the ID is forbidden. */
  forbidden: string;
}

/** The slot that an outbox belongs to: a room, or a user with its sessions. */
export type OutboxOwner = { appId: number } & ({ roomId: string } | { userId: string });

export const reaperShards = 16;
/** Parts of the list of an AppID's rooms; each is in a slot of its own. */
const roomListShards = 16;

export class RoomStoreKeys {
  constructor(private readonly prefix: string) {}

  user(appId: number, userId: string): UserKeys {
    const slot = `${this.prefix}:{${appId}:u:${userId}}`;
    return {
      rooms: `${slot}:rooms`,
      sessions: `${slot}:sessions`,
      claims: `${slot}:claims`,
      ban: `${slot}:ban`,
      publishBan: `${slot}:ban-publish`,
      playBan: `${slot}:ban-play`,
    };
  }

  room(appId: number, roomId: string): RoomKeys {
    const slot = `${this.prefix}:{${appId}:r:${roomId}}`;
    return {
      room: `${slot}:room`,
      members: `${slot}:members`,
      streams: `${slot}:streams`,
      attributes: `${slot}:attributes`,
      bans: `${slot}:bans`,
      ban: `${slot}:ban`,
      publishBans: `${slot}:bans-publish`,
      playBans: `${slot}:bans-play`,
      mutes: `${slot}:mutes`,
    };
  }

  /** list of events that are not in the event log yet. */
  outbox(owner: OutboxOwner): string {
    const slot = 'roomId' in owner ? `r:${owner.roomId}` : `u:${owner.userId}`;
    return `${this.prefix}:{${owner.appId}:${slot}}:outbox`;
  }

  /** Glob of all outboxes, for SCAN. */
  get outboxPattern(): string {
    return `${escapeGlob(this.prefix)}:{*}:outbox`;
  }

  /** string; exists while an instance need not scan for outboxes. */
  get outboxScan(): string {
    return `${this.prefix}:{outbox}:scan`;
  }

  /** Undefined if it is not the key of an outbox. */
  ownerOf(key: string): OutboxOwner | undefined {
    const found = /^\{(\d+):([ru]):(.*)\}:outbox$/s.exec(key.slice(this.prefix.length + 1));
    if (found === null) {
      return undefined;
    }
    const [, appId, kind, id] = found as unknown as [string, string, string, string];
    return { appId: Number(appId), ...(kind === 'r' ? { roomId: id } : { userId: id }) };
  }

  /** string epoch; logins of this user to this room up to this epoch are rejected. */
  fence(appId: number, roomId: string, userId: string): string {
    return `${this.prefix}:{${appId}:r:${roomId}}:fence:${userId}`;
  }

  stream(appId: number, streamId: string): StreamKeys {
    const slot = `${this.prefix}:{${appId}:s:${streamId}}`;
    return { stream: `${slot}:stream`, shares: `${slot}:shares`, forbidden: `${slot}:forbidden` };
  }

  /** zset of banned addresses of an AppID by the end of the ban, Unix ms; a few at most. */
  addressBans(appId: number): string {
    return `${this.prefix}:{${appId}:addresses}:bans`;
  }

  /** string, counts the logins of one second; has a TTL. */
  loginRate(appId: number, second: number): string {
    return `${this.prefix}:{${appId}:quota}:logins-${second}`;
  }

  /** zsets of what an AppID has a quota on, by the time of the last count, Unix µs; in one slot with `loginRate`. */
  quota(appId: number, what: 'rooms' | 'users' | 'sessions' | 'interop'): string {
    return `${this.prefix}:{${appId}:quota}:counted-${what}`;
  }

  /** zset of roomIds, all with the score 0; sharded by room, so that no key holds all rooms of an AppID. */
  roomListOf(appId: number, roomId: string): string {
    return this.roomList(appId, shardOf(roomId) % roomListShards);
  }

  roomLists(appId: number): string[] {
    return Array.from({ length: roomListShards }, (_, shard) => this.roomList(appId, shard));
  }

  /** hash { request, holder, answer? } of one Idempotency-Key; has a TTL. */
  idempotent(hash: string): string {
    return `${this.prefix}:{idempotent:${hash}}`;
  }

  /** string, counts the Idempotency-Keys of an AppID in one hour; has a TTL. */
  idempotentCount(appId: number, hour: number): string {
    return `${this.prefix}:{${appId}:quota}:idempotent-${hour}`;
  }

  /** Glob of all keys of an AppID, for SCAN. */
  patternOf(appId: number): string {
    return `${escapeGlob(this.prefix)}:{${appId}:*`;
  }

  /** zset of all bans of an AppID by their end, Unix ms. */
  countedBans(appId: number): string {
    return `${this.prefix}:{${appId}:quota}:counted-bans`;
  }

  /** zset of the forbidden stream IDs of an AppID by their end, Unix ms. */
  forbiddenStreams(appId: number): string {
    return `${this.prefix}:{${appId}:quota}:forbidden-streams`;
  }

  /** set of the session entries that a gateway holds. */
  gatewaySessions(gatewayId: string): string {
    return `${this.prefix}:{gw:${gatewayId}}:sessions`;
  }

  /** zset of gateway IDs by the end of their lease, Unix ms. */
  get gateways(): string {
    return `${this.prefix}:{reap:gateways}:due`;
  }

  /** zset of AppIDs by the time of the next check of their counts, Unix ms. */
  get countsToCheck(): string {
    return `${this.prefix}:{reap:counts}:due`;
  }

  /** zset of session entries by the end of their grace, Unix ms; sharded by user to spread the load. */
  suspendedOf(userId: string): string {
    return this.suspended(shardOf(userId));
  }

  get suspendedShards(): string[] {
    return Array.from({ length: reaperShards }, (_, shard) => this.suspended(shard));
  }

  /** zset of room entries by the time of their next check, Unix ms. */
  checkedOf(roomId: string): string {
    return this.checked(shardOf(roomId));
  }

  get checkedShards(): string[] {
    return Array.from({ length: reaperShards }, (_, shard) => this.checked(shard));
  }

  private roomList(appId: number, shard: number): string {
    return `${this.prefix}:{${appId}:rooms:${shard}}:ids`;
  }

  private suspended(shard: number): string {
    return `${this.prefix}:{reap:${shard}}:suspended`;
  }

  private checked(shard: number): string {
    return `${this.prefix}:{reap:${shard}}:rooms`;
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function shardOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (hash * 31 + text.charCodeAt(index)) >>> 0;
  }
  return hash % reaperShards;
}
