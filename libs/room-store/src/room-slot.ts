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
import { type Outbox } from './outbox.js';
import { toAttributes } from './room-attributes.js';
import {
  type RemovedStream,
  type RoomMember,
  type StreamRecord,
  toKinds,
  toList,
  toMembers,
  toRemoved,
  toRoomMembers,
  toStream,
  toStreams,
} from './room-records.js';

export interface Entered {
  roomEpoch: string;
  seq: number;
  /** False if the user was a member before, or is hidden. */
  joined: boolean;
  /** True if this login created the room. */
  isNew: boolean;
  memberCount: number;
  /** At most `mostMembers`. */
  members: User[];
  streams: RoomStream[];
  attributes: RoomAttribute[];
  removed: RemovedStream[];
}

/** The target of a mute: a user, or the user of a stream. */
export interface MuteTarget {
  userId?: string;
  streamId?: string;
}

export interface Muted {
  /** '' if the room does not exist. */
  roomEpoch: string;
  /** Kinds that are muted now. */
  kinds: MediaKind[];
  /** When the first of these mutes ends, Unix ms. */
  untilMs: number | undefined;
  /** Undefined if the room does not show the stream. */
  userId: string | undefined;
  changed: boolean;
  /** Streams whose mutes have changed, with the number of the fact that says so. */
  changedStreams: { streamId: string; kinds: MediaKind[]; seq: number }[];
}

export interface Left {
  roomEpoch: string;
  seq: number;
  userName: string;
  memberCount: number;
  /** Whether others knew of the member: a hidden one leaves without a fact. */
  isVisible: boolean;
  /** Whether the member was the last one, hidden ones included. */
  isEmpty: boolean;
  removed: RemovedStream[];
}

/** Members and streams of a room. Every change has a fact number, so that gateways can detect a gap. */
export class RoomSlot {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Adds the member, or throws the rule that forbids it. `leaseMs` is that of the admission. */
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
      hidden?: boolean;
    },
  ): Promise<Entered> {
    const { room, members, streams, bans, ban, attributes } = this.keys.room(session.appId, roomId);
    const fence = this.keys.fence(session.appId, roomId, session.userId);
    const answer = (await this.commands.run(
      'enter',
      [
        room,
        members,
        streams,
        bans,
        ban,
        fence,
        attributes,
        this.keys.outbox({ appId: session.appId, roomId }),
      ],
      [
        session.userId,
        session.sessionId,
        options.epoch,
        options.userName,
        options.maxMemberCount,
        options.maxMembersPerRoom,
        options.leaseMs,
        options.mostMembers,
        options.hidden === true ? 1 : 0,
      ],
    )) as [string, number, number, number, number, string[], string[], string[], string[]];
    const [roomEpoch, seq, joined, isNew, memberCount, memberList, streamList, removedList, attributeList] =
      answer;
    if (joined === 1 || isNew === 1 || removedList.length > 0) {
      this.outbox.written({ appId: session.appId, roomId });
    }
    return {
      roomEpoch,
      seq,
      joined: joined === 1,
      isNew: isNew === 1,
      memberCount,
      members: toMembers(memberList),
      streams: toStreams(streamList),
      attributes: toAttributes(attributeList),
      // The facts of the removed streams immediately precede the fact of the new member.
      removed: toRemoved(removedList, joined === 1 ? seq - 1 : seq),
    };
  }

  /** Undefined if this login is not a member; it is then barred from entering for `fenceMs`. */
  async leave(
    session: SessionRef,
    roomId: string,
    epoch: number,
    options: { fenceMs: number; reason?: string },
  ): Promise<Left | undefined> {
    const { room, members, streams, attributes } = this.keys.room(session.appId, roomId);
    const fence = this.keys.fence(session.appId, roomId, session.userId);
    const answer = (await this.commands.run(
      'leave',
      [room, members, streams, attributes, fence, this.keys.outbox({ appId: session.appId, roomId })],
      [session.userId, session.sessionId, epoch, options.fenceMs, options.reason ?? 'stopped'],
    )) as [number, string, number, string, number, string[], number, number];
    const [left, roomEpoch, seq, userName, memberCount, removedList, visible, empty] = answer;
    if (left !== 1) {
      return undefined;
    }
    this.outbox.written({ appId: session.appId, roomId });
    const isVisible = visible === 1;
    const removed = toRemoved(removedList, isVisible ? seq - 1 : seq);
    return { roomEpoch, seq, userName, memberCount, isVisible, isEmpty: empty === 1, removed };
  }

  /** Closes a room. Returns its former members and streams, or undefined if there is no such room. */
  async close(
    appId: number,
    roomId: string,
  ): Promise<{ members: RoomMember[]; streams: { streamId: string; sessionId: string }[] } | undefined> {
    const { room, members, streams, attributes } = this.keys.room(appId, roomId);
    const keys = [room, members, streams, attributes, this.keys.outbox({ appId, roomId })];
    const answer = (await this.commands.run('closeRoom', keys, [])) as [string[], string[]] | null;
    if (answer === null) {
      return undefined;
    }
    this.outbox.written({ appId, roomId });
    return {
      members: toRoomMembers(answer[0]),
      streams: toRecords<StreamRecord>(answer[1]).map(([streamId, { session }]) => ({
        streamId,
        sessionId: session,
      })),
    };
  }

  /** Deletes a room that is empty and need not stay. Returns whether it is deleted. */
  async sweep(appId: number, roomId: string): Promise<boolean> {
    const { room, members, streams, attributes } = this.keys.room(appId, roomId);
    const keys = [room, members, streams, attributes, this.keys.outbox({ appId, roomId })];
    const isGone = (await this.commands.run('sweepRoom', keys, [])) === 1;
    if (isGone) {
      this.outbox.written({ appId, roomId });
    }
    return isGone;
  }

  /**
   * Shows a stream, or updates a shown one. Throws ROOM_ROOMID_INCORRECT for a non-member, and
   * PUBLISHER_REPETITIVE_PUBLISH_STREAM if the stream is announced for another user.
   */
  async show(
    session: SessionRef,
    roomId: string,
    epoch: number,
    {
      extraInfo,
      kinds,
      mutedKinds = [],
      streamId,
    }: {
      streamId: string;
      kinds: StreamKind[];
      /** Omitted: a shown stream keeps its text. */
      extraInfo?: string;
      mutedKinds?: MediaKind[];
    },
  ): Promise<{ roomEpoch: string; seq: number; change: 'added' | 'changed' | ''; stream: RoomStream }> {
    const { room, members, streams, mutes } = this.keys.room(session.appId, roomId);
    const { sessionId, userId } = session;
    const values = [userId, sessionId, epoch, streamId, kinds.join(','), ...toOptional(extraInfo)];
    const [roomEpoch, seq, change, stream] = (await this.commands.run(
      'showStream',
      [room, members, streams, mutes, this.keys.outbox({ appId: session.appId, roomId })],
      [...values, toList(mutedKinds)],
    )) as [string, number, 'added' | 'changed' | '', string];
    // Also when it takes over an announced stream.
    if (change !== '') {
      this.outbox.written({ appId: session.appId, roomId });
    }
    return { roomEpoch, seq, change, stream: toStream(streamId, JSON.parse(stream) as StreamRecord) };
  }

  /** Changes what a room shows of a stream. Undefined if nothing changes, or the session shows no such stream there. */
  async update(
    session: SessionRef,
    roomId: string,
    streamId: string,
    { extraInfo, mutedKinds }: { extraInfo?: string | undefined; mutedKinds?: MediaKind[] | undefined },
  ): Promise<{ roomEpoch: string; seq: number; stream: RoomStream } | undefined> {
    const { room, streams } = this.keys.room(session.appId, roomId);
    const muted = mutedKinds === undefined ? undefined : toList(mutedKinds);
    const [changed, roomEpoch, seq, stream] = (await this.commands.run(
      'updateStream',
      [room, streams],
      [session.sessionId, streamId, ...toOptional(extraInfo), ...toOptional(muted)],
    )) as [number, string, number, string];
    return changed === 1
      ? { roomEpoch, seq, stream: toStream(streamId, JSON.parse(stream) as StreamRecord) }
      : undefined;
  }

  /** Lists a stream that belongs to no session. Throws ROOM_ROOMID_INCORRECT if there is no such room. */
  async announce(
    appId: number,
    roomId: string,
    stream: { streamId: string; user: User; extraInfo: string },
    most: number,
  ): Promise<{ roomEpoch: string; seq: number; added: boolean }> {
    const { room, streams } = this.keys.room(appId, roomId);
    const { userId, userName } = stream.user;
    const [roomEpoch, seq, added] = (await this.commands.run(
      'announceStream',
      [room, streams, this.keys.outbox({ appId, roomId })],
      [stream.streamId, userId, userName, stream.extraInfo, most],
    )) as [string, number, number];
    if (added === 1) {
      this.outbox.written({ appId, roomId });
    }
    return { roomEpoch, seq, added: added === 1 };
  }

  /** Mutes a kind for a time. Throws ROOM_ROOMID_INCORRECT if there is no such room. */
  mute(appId: number, roomId: string, target: MuteTarget, kind: MediaKind, forMs: number): Promise<Muted> {
    return this.runMute(appId, roomId, ['mute', ...toValues(target), kind, forMs]);
  }

  liftMute(appId: number, roomId: string, target: MuteTarget, kind: MediaKind): Promise<Muted> {
    return this.runMute(appId, roomId, ['lift', ...toValues(target), kind, 0]);
  }

  /** Reads the mutes of a user or a stream, and lifts those whose time has passed. */
  readMutes(appId: number, roomId: string, target: MuteTarget): Promise<Muted> {
    return this.runMute(appId, roomId, ['read', ...toValues(target), '', 0]);
  }

  private async runMute(appId: number, roomId: string, values: (string | number)[]): Promise<Muted> {
    const { room, streams, mutes } = this.keys.room(appId, roomId);
    const outbox = this.keys.outbox({ appId, roomId });
    const answer = await this.commands.run('mute', [room, streams, mutes, outbox], values);
    const [roomEpoch, seq, kinds, untilMs, userId, flat, changed] = answer as [
      string,
      number,
      string,
      number,
      string,
      string[],
      number,
    ];
    if (flat.length > 0) {
      this.outbox.written({ appId, roomId });
    }
    const changedStreams = [];
    for (let index = 0; index < flat.length; index += 2) {
      changedStreams.push({
        streamId: flat[index]!,
        kinds: toKinds(flat[index + 1]!),
        seq: seq - flat.length / 2 + 1 + index / 2,
      });
    }
    return {
      roomEpoch,
      kinds: toKinds(kinds),
      untilMs: untilMs === 0 ? undefined : untilMs,
      userId: userId === '' ? undefined : userId,
      changed: changed === 1,
      changedStreams,
    };
  }

  /** Undefined if the session shows no such stream in the room. `reason` is for the event log. */
  async hide(
    session: Pick<SessionRef, 'appId' | 'sessionId'>,
    roomId: string,
    streamId: string,
    reason: string,
  ): Promise<(RemovedStream & { roomEpoch: string }) | undefined> {
    const { room, streams } = this.keys.room(session.appId, roomId);
    const [hidden, roomEpoch, seq, found] = (await this.commands.run(
      'hideStream',
      [room, streams, this.keys.outbox({ appId: session.appId, roomId })],
      [session.sessionId, streamId, reason],
    )) as [number, string, number, string];
    if (hidden === 0) {
      return undefined;
    }
    this.outbox.written({ appId: session.appId, roomId });
    const [removed] = toRemoved([streamId, found], seq);
    return { ...removed!, roomEpoch };
  }
}

function toValues({ streamId = '', userId = '' }: MuteTarget): string[] {
  return [streamId, userId];
}

/** Whether the value is given, and the value. */
function toOptional(value: string | undefined): [0 | 1, string] {
  return value === undefined ? [0, ''] : [1, value];
}
