import { type MediaKind, type RoomStream, type StreamKind, type User } from '@polyroom/contracts';
import { toRecords } from './commands.js';

interface MemberRecord {
  session: string;
  epoch: string;
  name: string;
  /** In no list and no count. */
  hidden?: boolean;
}

export interface StreamRecord {
  session: string;
  user: string;
  name: string;
  kinds: string;
  extraInfo: string;
  /** Comma-separated kinds that the publisher mutes; omitted by former versions. */
  muted?: string;
  /** Comma-separated kinds that an operator mutes; omitted by former versions. */
  forbidden?: string;
}

/** A member, with the session and epoch of its login. */
export interface RoomMember extends User {
  sessionId: string;
  epoch: number;
  /** In no list and no count of the room. */
  hidden: boolean;
}

/** A removed stream, with the number of its streamRemoved fact. */
export interface RemovedStream {
  stream: RoomStream;
  sessionId: string;
  seq: number;
}

export function toRoomMembers(flat: string[]): RoomMember[] {
  return toRecords<MemberRecord>(flat).map(([userId, { session, epoch, name, hidden = false }]) => ({
    userId,
    userName: name,
    sessionId: session,
    epoch: Number(epoch),
    hidden,
  }));
}

/** Without hidden members. */
export function toMembers(flat: string[]): User[] {
  return toRecords<MemberRecord>(flat)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([userId, member]) => ({ userId, userName: member.name }));
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
    ...(record.muted ? { mutedKinds: toKinds(record.muted) } : {}),
    ...(record.forbidden ? { operatorMutedKinds: toKinds(record.forbidden) } : {}),
  };
}

/** `lastSeq` is the number of the last removal: they have consecutive ones. */
export function toRemoved(flat: string[], lastSeq: number): RemovedStream[] {
  const records = toRecords<StreamRecord>(flat);
  return records.map(([streamId, record], index) => ({
    stream: toStream(streamId, record),
    sessionId: record.session,
    seq: lastSeq - records.length + 1 + index,
  }));
}

/** The stored form of a set of kinds. */
export function toList(kinds: readonly MediaKind[]): string {
  return [...new Set(kinds)].sort().join(',');
}

/** Parses the stored comma-separated list. */
export function toKinds(list: string): MediaKind[] {
  return list === '' ? [] : (list.split(',') as MediaKind[]);
}
