import { type MediaKind, type RoomStream, type SessionRef, type User } from '@polyroom/contracts';
import { type Commands, toRecords } from './commands.js';
import { type RoomStoreKeys } from './keys.js';

interface MemberRecord {
  session: string;
  epoch: string;
  name: string;
}

interface StreamRecord {
  session: string;
  user: string;
  name: string;
  kinds: string;
  extraInfo: string;
}

/** A stream that went, with the number of the fact that says so. */
export interface RemovedStream {
  stream: RoomStream;
  sessionId: string;
  seq: number;
}

export interface Entered {
  roomEpoch: string;
  seq: number;
  /** False where the user was a member before. */
  joined: boolean;
  members: User[];
  streams: RoomStream[];
  removed: RemovedStream[];
}

export interface Left {
  roomEpoch: string;
  seq: number;
  userName: string;
  removed: RemovedStream[];
}

/** Who is in a room and what is shown in it. Every change is numbered for those who watch. */
export class RoomSlot {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Takes a seat, or throws why not. */
  async enter(
    session: SessionRef,
    roomId: string,
    options: { epoch: number; userName: string; maxMemberCount: number; maxMembersPerRoom: number },
  ): Promise<Entered> {
    const { room, members, streams, bans } = this.keys.room(session.appId, roomId);
    const answer = (await this.commands.run(
      'enter',
      [room, members, streams, bans],
      [
        session.userId,
        session.sessionId,
        options.epoch,
        options.userName,
        options.maxMemberCount,
        options.maxMembersPerRoom,
      ],
    )) as [string, number, number, string[], string[], string[]];
    const [roomEpoch, seq, joined, memberList, streamList, removedList] = answer;
    return {
      roomEpoch,
      seq,
      joined: joined === 1,
      members: toMembers(memberList),
      streams: toStreams(streamList),
      // The facts of removed streams come right before that of the new member.
      removed: toRemoved(removedList, joined === 1 ? seq - 1 : seq),
    };
  }

  /** Undefined where this login has no seat there. */
  async leave(session: SessionRef, roomId: string, epoch: number): Promise<Left | undefined> {
    const { room, members, streams } = this.keys.room(session.appId, roomId);
    const answer = (await this.commands.run(
      'leave',
      [room, members, streams],
      [session.userId, session.sessionId, epoch],
    )) as [number, string, number, string, string[]];
    const [left, roomEpoch, seq, userName, removedList] = answer;
    return left === 1 ? { roomEpoch, seq, userName, removed: toRemoved(removedList, seq - 1) } : undefined;
  }

  /** Shows a stream; `added` is false where it was shown already. Throws ROOM_ROOMID_INCORRECT for a non-member. */
  async show(
    session: SessionRef,
    roomId: string,
    epoch: number,
    stream: { streamId: string; kinds: MediaKind[]; extraInfo: string },
  ): Promise<{ roomEpoch: string; seq: number; added: boolean }> {
    const { room, members, streams } = this.keys.room(session.appId, roomId);
    const [roomEpoch, seq, added] = (await this.commands.run(
      'showStream',
      [room, members, streams],
      [session.userId, session.sessionId, epoch, stream.streamId, stream.kinds.join(','), stream.extraInfo],
    )) as [string, number, number];
    return { roomEpoch, seq, added: added === 1 };
  }

  /** Undefined where the session shows no such stream there. */
  async hide(
    session: SessionRef,
    roomId: string,
    streamId: string,
  ): Promise<(RemovedStream & { roomEpoch: string }) | undefined> {
    const { room, streams } = this.keys.room(session.appId, roomId);
    const [hidden, roomEpoch, seq, found] = (await this.commands.run(
      'hideStream',
      [room, streams],
      [session.sessionId, streamId],
    )) as [number, string, number, string];
    if (hidden === 0) {
      return undefined;
    }
    const [removed] = toRemoved([streamId, found], seq);
    return { ...removed!, roomEpoch };
  }
}

export function toMembers(flat: string[]): User[] {
  return toRecords<MemberRecord>(flat).map(([userId, member]) => ({ userId, userName: member.name }));
}

export function toStreams(flat: string[]): RoomStream[] {
  return toRecords<StreamRecord>(flat).map(([streamId, record]) => toStream(streamId, record));
}

export function toStream(streamId: string, record: StreamRecord): RoomStream {
  return {
    streamId,
    user: { userId: record.user, userName: record.name },
    extraInfo: record.extraInfo,
    kinds: record.kinds.split(',') as MediaKind[],
  };
}

function toRemoved(flat: string[], lastSeq: number): RemovedStream[] {
  const records = toRecords<StreamRecord>(flat);
  return records.map(([streamId, record], index) => ({
    stream: toStream(streamId, record),
    sessionId: record.session,
    seq: lastSeq - records.length + 1 + index,
  }));
}
