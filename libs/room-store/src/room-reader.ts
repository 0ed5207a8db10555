import {
  type RoomAttribute,
  type RoomMode,
  type RoomStream,
  type SessionRef,
  type User,
} from '@polyroom/contracts';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';
import { toAttributes } from './room-attributes.js';
import { type RoomMember, toMembers, toRoomMembers, toStreams } from './room-records.js';

export interface RoomAtOnce {
  roomEpoch: string;
  seq: number;
  memberCount: number;
  /** At most `mostMembers`. */
  members: User[];
  streams: RoomStream[];
  attributes: RoomAttribute[];
}

/** The records of one user. */
export interface UserRecords {
  rooms: {
    roomId: string;
    sessionId: string;
    epoch: number;
    state: 'entering' | 'live';
    /** Unix ms; undefined if the rights do not expire. */
    rightsEndMs: number | undefined;
    /** Opaque to the store, as given by the login. */
    note: string;
  }[];
  sessions: {
    sessionId: string;
    state: 'live' | 'suspended' | 'ending' | 'out';
    gatewayId: string;
    mode: RoomMode | undefined;
    /** Of a session without a socket, also an evicted one: when its record is deleted. Unix ms. */
    graceEndMs: number | undefined;
    /** Of its last socket, as far as it is known. */
    clientAddress: string | undefined;
  }[];
}

export interface TimedStream {
  streamId: string;
  user: User;
  /** 0 in records of an earlier version. */
  shownAtMs: number;
  number: number;
}

interface TimedStreamRecord {
  user: string;
  name: string;
  at?: number;
  number?: number;
}

interface SlotRecord {
  session: string;
  epoch: string;
  state: 'entering' | 'live';
  rightsEndMs?: string;
  note?: string;
}

interface SessionRecord {
  state: UserRecords['sessions'][number]['state'];
  gateway: string;
  mode?: RoomMode;
  graceEndMs?: number;
  /** The same of an evicted session. */
  untilMs?: number;
  address?: string;
}

/** Read-only queries. */
export class RoomReader {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Undefined if the room does not exist. All parts are read atomically. */
  async findRoom(appId: number, roomId: string, mostMembers: number): Promise<RoomAtOnce | undefined> {
    const { room, members, streams, attributes } = this.keys.room(appId, roomId);
    const results = await this.redis
      .multi()
      .hgetall(room)
      .hlen(members)
      .hrandfield(members, mostMembers, 'WITHVALUES')
      .hgetall(streams)
      .hgetall(attributes)
      .exec();
    const [head, memberCount, memberList, streamHash, attributeHash] = results!.map(([error, value]) => {
      if (error !== null) {
        throw error;
      }
      return value;
    }) as [Record<string, string>, number, string[], Record<string, string>, Record<string, string>];
    if (head['epoch'] === undefined) {
      return undefined;
    }
    return {
      roomEpoch: head['epoch'],
      seq: Number(head['seq']),
      memberCount: memberCount - Number(head['hidden'] ?? 0),
      members: toMembers(memberList),
      streams: toStreams(Object.entries(streamHash).flat()),
      attributes: toAttributes(Object.entries(attributeHash).flat()),
    };
  }

  /** A page of members, hidden ones included, and the next cursor; `cursor` '0' starts and ends the scan. */
  async listMembers(
    appId: number,
    roomId: string,
    cursor: string,
  ): Promise<{ cursor: string; members: RoomMember[] }> {
    const { members } = this.keys.room(appId, roomId);
    const [next, flat] = await this.redis.hscan(members, cursor, 'COUNT', 200);
    return { cursor: next, members: toRoomMembers(flat) };
  }

  /** Undefined if the room does not exist. */
  async listStreams(appId: number, roomId: string): Promise<RoomStream[] | undefined> {
    const { room, streams } = this.keys.room(appId, roomId);
    const [exists, hash] = await Promise.all([this.redis.exists(room), this.redis.hgetall(streams)]);
    return exists === 0 ? undefined : toStreams(Object.entries(hash).flat());
  }

  /** The streams of a user, over all sessions. */
  async listStreamsOf(
    appId: number,
    userId: string,
  ): Promise<{ streamId: string; sessionId: string; channel: number; roomIds: string[] }[]> {
    const claims = await this.redis.hgetall(this.keys.user(appId, userId).claims);
    return Promise.all(
      Object.entries(claims).map(async ([streamId, value]) => {
        const { session, channel } = JSON.parse(value) as { session: string; channel: number };
        return { streamId, sessionId: session, channel, roomIds: await this.sharesOf(appId, streamId) };
      }),
    );
  }

  /** How many members a room has, without hidden ones; undefined if it does not exist. */
  async countMembers(appId: number, roomId: string): Promise<number | undefined> {
    const { members, room } = this.keys.room(appId, roomId);
    const [head, count] = await Promise.all([
      this.redis.hmget(room, 'epoch', 'hidden'),
      this.redis.hlen(members),
    ]);
    return head[0] === null ? undefined : count - Number(head[1] ?? 0);
  }

  /** The members among these users, hidden ones included. */
  async findMembers(appId: number, roomId: string, userIds: readonly string[]): Promise<RoomMember[]> {
    const { members } = this.keys.room(appId, roomId);
    const found = await this.redis.hmget(members, ...userIds);
    return toRoomMembers(
      found.flatMap((member, at) => (typeof member === 'string' ? [userIds[at]!, member] : [])),
    );
  }

  /** Streams of a room with the time and the number of their first appearance, in no order. */
  async listTimedStreams(appId: number, roomId: string): Promise<TimedStream[]> {
    const records = await this.redis.hgetall(this.keys.room(appId, roomId).streams);
    return Object.entries(records).map(([streamId, value]) => {
      const { at = 0, name, number = 0, user } = JSON.parse(value) as TimedStreamRecord;
      return { streamId, user: { userId: user, userName: name }, shownAtMs: at, number };
    });
  }

  async isMember(session: SessionRef, roomId: string, epoch: number): Promise<boolean> {
    const found = await this.redis.hget(this.keys.room(session.appId, roomId).members, session.userId);
    if (found === null) {
      return false;
    }
    const member = JSON.parse(found) as { session: string; epoch: string };
    return member.session === session.sessionId && Number(member.epoch) === epoch;
  }

  /** The media node of a stream; undefined if the room does not show the stream, or the stream has no owner. */
  async locate(appId: number, roomId: string, streamId: string): Promise<string | undefined> {
    const [isShown, nodeId] = await Promise.all([
      this.redis.hexists(this.keys.room(appId, roomId).streams, streamId),
      this.findNodeOf(appId, streamId),
    ]);
    return isShown === 1 ? nodeId : undefined;
  }

  /** The media node of a stream; undefined if the stream has no owner. */
  async findNodeOf(appId: number, streamId: string): Promise<string | undefined> {
    return (await this.redis.hget(this.keys.stream(appId, streamId).stream, 'node')) ?? undefined;
  }

  /** The session that publishes a stream; undefined if the stream has no owner. */
  async findOwner(appId: number, streamId: string): Promise<SessionRef | undefined> {
    const [sessionId, userId] = await this.redis.hmget(
      this.keys.stream(appId, streamId).stream,
      'session',
      'user',
    );
    return typeof sessionId === 'string' && typeof userId === 'string'
      ? { appId, userId, sessionId }
      : undefined;
  }

  /** Whether the user still has the slot of this login; a membership without one is orphaned. */
  async hasSlot(
    appId: number,
    userId: string,
    roomId: string,
    sessionId: string,
    epoch: number,
  ): Promise<boolean> {
    const found = await this.redis.hget(this.keys.user(appId, userId).rooms, roomId);
    if (found === null) {
      return false;
    }
    const slot = JSON.parse(found) as SlotRecord;
    return slot.session === sessionId && Number(slot.epoch) === epoch;
  }

  async roomExists(appId: number, roomId: string): Promise<boolean> {
    return (await this.redis.exists(this.keys.room(appId, roomId).room)) === 1;
  }

  async readUser(appId: number, userId: string): Promise<UserRecords> {
    const { rooms, sessions } = this.keys.user(appId, userId);
    const results = await this.redis.multi().hgetall(rooms).hgetall(sessions).exec();
    const [slots, records] = results!.map(([error, value]) => {
      if (error !== null) {
        throw error;
      }
      return value as Record<string, string>;
    });
    return {
      rooms: Object.entries(slots!).map(([roomId, value]) => {
        const slot = JSON.parse(value) as SlotRecord;
        const rightsEndMs = slot.rightsEndMs === undefined ? undefined : Number(slot.rightsEndMs);
        const { session: sessionId, epoch, state, note = '' } = slot;
        return { roomId, sessionId, epoch: Number(epoch), state, rightsEndMs, note };
      }),
      sessions: Object.entries(records!).map(([sessionId, value]) => {
        const { state, gateway, mode, graceEndMs, untilMs, address } = JSON.parse(value) as SessionRecord;
        return {
          ...{ sessionId, state, mode, gatewayId: gateway },
          ...{ graceEndMs: graceEndMs ?? untilMs, clientAddress: address },
        };
      }),
    };
  }

  /** The rooms in which a stream is shown. */
  async sharesOf(appId: number, streamId: string): Promise<string[]> {
    return this.redis.smembers(this.keys.stream(appId, streamId).shares);
  }
}
