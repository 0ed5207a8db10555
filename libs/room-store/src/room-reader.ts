import { type MediaKind, type RoomStream, type SessionRef, type User } from '@polyroom/contracts';
import { type RoomStoreKeys } from './keys.js';
import { type RedisClient } from './redis-client.js';
import { toMembers, toStreams } from './room-slot.js';

export interface StreamLocation {
  nodeId: string;
  ownerSessionId: string;
  kinds: MediaKind[];
}

/** What is asked without changing anything. */
export class RoomReader {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Undefined where the room does not exist. The parts are read at one moment. */
  async findRoom(
    appId: number,
    roomId: string,
  ): Promise<{ roomEpoch: string; seq: number; members: User[]; streams: RoomStream[] } | undefined> {
    const { room, members, streams } = this.keys.room(appId, roomId);
    const results = await this.redis.multi().hgetall(room).hgetall(members).hgetall(streams).exec();
    const [head, memberHash, streamHash] = results!.map(([error, value]) => {
      if (error !== null) {
        throw error;
      }
      return value as Record<string, string>;
    });
    if (head!['epoch'] === undefined) {
      return undefined;
    }
    return {
      roomEpoch: head!['epoch'],
      seq: Number(head!['seq']),
      members: toMembers(Object.entries(memberHash!).flat()),
      streams: toStreams(Object.entries(streamHash!).flat()),
    };
  }

  async isMember(session: SessionRef, roomId: string, epoch: number): Promise<boolean> {
    const found = await this.redis.hget(this.keys.room(session.appId, roomId).members, session.userId);
    if (found === null) {
      return false;
    }
    const member = JSON.parse(found) as { session: string; epoch: string };
    return member.session === session.sessionId && Number(member.epoch) === epoch;
  }

  /** Undefined where the room does not show the stream, or nobody owns it. */
  async locate(appId: number, roomId: string, streamId: string): Promise<StreamLocation | undefined> {
    const [shown, owner] = await Promise.all([
      this.redis.hget(this.keys.room(appId, roomId).streams, streamId),
      this.redis.hmget(this.keys.stream(appId, streamId).stream, 'node', 'session'),
    ]);
    const [nodeId, ownerSessionId] = owner;
    if (shown === null || !nodeId || !ownerSessionId) {
      return undefined;
    }
    const { kinds } = JSON.parse(shown) as { kinds: string };
    return { nodeId, ownerSessionId, kinds: kinds.split(',') as MediaKind[] };
  }

  async listUserRooms(
    appId: number,
    userId: string,
  ): Promise<{ roomId: string; sessionId: string; epoch: number }[]> {
    const slots = await this.redis.hgetall(this.keys.user(appId, userId).rooms);
    return Object.entries(slots).map(([roomId, value]) => {
      const slot = JSON.parse(value) as { session: string; epoch: string };
      return { roomId, sessionId: slot.session, epoch: Number(slot.epoch) };
    });
  }
}
