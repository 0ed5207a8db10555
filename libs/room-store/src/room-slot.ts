import {
  type MediaKind,
  type RoomAttribute,
  type RoomStream,
  type SessionRef,
  type StreamKind,
  type User,
} from '@polyroom/contracts';
import { type Commands, toRecords } from './commands.js';
import { type RoomStoreKeys } from './keys.js';
import { toAttributes } from './room-attributes.js';

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

/** Who has a seat, and through which login. */
export interface RoomMember extends User {
  sessionId: string;
  epoch: number;
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
  /** The room was made by this. */
  isNew: boolean;
  memberCount: number;
  /** All of them, or as many as were asked for. */
  members: User[];
  streams: RoomStream[];
  attributes: RoomAttribute[];
  removed: RemovedStream[];
}

export interface Left {
  roomEpoch: string;
  seq: number;
  userName: string;
  memberCount: number;
  removed: RemovedStream[];
}

/** Who is in a room and what is shown in it. Every change is numbered for those who watch. */
export class RoomSlot {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Takes a seat, or throws why not. `leaseMs` is that of the admission. */
  async enter(
    session: SessionRef,
    roomId: string,
    options: {
      epoch: number;
      leaseMs: number;
      userName: string;
      maxMemberCount: number;
      maxMembersPerRoom: number;
      mostMembers: number;
    },
  ): Promise<Entered> {
    const { room, members, streams, bans, ban, attributes } = this.keys.room(session.appId, roomId);
    const fence = this.keys.fence(session.appId, roomId, session.userId);
    const answer = (await this.commands.run(
      'enter',
      [room, members, streams, bans, ban, fence, attributes],
      [
        session.userId,
        session.sessionId,
        options.epoch,
        options.userName,
        options.maxMemberCount,
        options.maxMembersPerRoom,
        options.leaseMs,
        options.mostMembers,
      ],
    )) as [string, number, number, number, number, string[], string[], string[], string[]];
    const [roomEpoch, seq, joined, isNew, memberCount, memberList, streamList, removedList, attributeList] =
      answer;
    return {
      roomEpoch,
      seq,
      joined: joined === 1,
      isNew: isNew === 1,
      memberCount,
      members: toMembers(memberList),
      streams: toStreams(streamList),
      attributes: toAttributes(attributeList),
      // The facts of removed streams come right before that of the new member.
      removed: toRemoved(removedList, joined === 1 ? seq - 1 : seq),
    };
  }

  /** Undefined where this login has no seat there; it gets none for `fenceMs` from then on. */
  async leave(
    session: SessionRef,
    roomId: string,
    epoch: number,
    options: { fenceMs: number },
  ): Promise<Left | undefined> {
    const { room, members, streams, attributes } = this.keys.room(session.appId, roomId);
    const fence = this.keys.fence(session.appId, roomId, session.userId);
    const answer = (await this.commands.run(
      'leave',
      [room, members, streams, attributes, fence],
      [session.userId, session.sessionId, epoch, options.fenceMs],
    )) as [number, string, number, string, number, string[]];
    const [left, roomEpoch, seq, userName, memberCount, removedList] = answer;
    return left === 1
      ? { roomEpoch, seq, userName, memberCount, removed: toRemoved(removedList, seq - 1) }
      : undefined;
  }

  /** Makes a room, or gives one its settings; false where it was there. It stays, also empty, for `keepMs`. */
  async create(
    appId: number,
    roomId: string,
    options: { maxMemberCount: number; keepMs: number },
  ): Promise<boolean> {
    const { room } = this.keys.room(appId, roomId);
    const values = [options.maxMemberCount, options.keepMs];
    const [created] = (await this.commands.run('createRoom', [room], values)) as [number];
    return created === 1;
  }

  /** Ends a room; who was in it and what was shown, or undefined where there is no such room. */
  async close(
    appId: number,
    roomId: string,
  ): Promise<{ members: RoomMember[]; streams: { streamId: string; sessionId: string }[] } | undefined> {
    const { room, members, streams, attributes } = this.keys.room(appId, roomId);
    const answer = (await this.commands.run('closeRoom', [room, members, streams, attributes], [])) as
      [string[], string[]] | null;
    if (answer === null) {
      return undefined;
    }
    return {
      members: toRoomMembers(answer[0]),
      streams: toRecords<StreamRecord>(answer[1]).map(([streamId, { session }]) => ({
        streamId,
        sessionId: session,
      })),
    };
  }

  /** Ends a room that is empty and need not stay; whether it is gone. */
  async sweep(appId: number, roomId: string): Promise<boolean> {
    const { room, members, streams, attributes } = this.keys.room(appId, roomId);
    return (await this.commands.run('sweepRoom', [room, members, streams, attributes], [])) === 1;
  }

  /** Shows a stream; `added` is false where it was shown already. Throws ROOM_ROOMID_INCORRECT for a non-member. */
  async show(
    session: SessionRef,
    roomId: string,
    epoch: number,
    stream: { streamId: string; kinds: StreamKind[]; extraInfo: string },
  ): Promise<{ roomEpoch: string; seq: number; added: boolean }> {
    const { room, members, streams } = this.keys.room(session.appId, roomId);
    const [roomEpoch, seq, added] = (await this.commands.run(
      'showStream',
      [room, members, streams],
      [session.userId, session.sessionId, epoch, stream.streamId, stream.kinds.join(','), stream.extraInfo],
    )) as [string, number, number];
    return { roomEpoch, seq, added: added === 1 };
  }

  /** What operators keep from the room of a stream. Throws ROOM_ROOMID_INCORRECT where there is no such room. */
  async mute(
    appId: number,
    roomId: string,
    streamId: string,
    kind: MediaKind,
    muted: boolean,
  ): Promise<{ roomEpoch: string; seq: number; kinds: MediaKind[]; changed: boolean }> {
    const { room } = this.keys.room(appId, roomId);
    const values = [streamId, kind, muted ? 1 : 0];
    const [roomEpoch, seq, kinds, changed] = (await this.commands.run('muteStream', [room], values)) as [
      string,
      number,
      string,
      number,
    ];
    return { roomEpoch, seq, kinds: toKinds(kinds), changed: changed === 1 };
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

export function toRoomMembers(flat: string[]): RoomMember[] {
  return toRecords<MemberRecord>(flat).map(([userId, { session, epoch, name }]) => ({
    userId,
    userName: name,
    sessionId: session,
    epoch: Number(epoch),
  }));
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
    kinds: record.kinds.split(',') as StreamKind[],
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

/** A comma list, as it is stored. */
export function toKinds(list: string): MediaKind[] {
  return list === '' ? [] : (list.split(',') as MediaKind[]);
}
