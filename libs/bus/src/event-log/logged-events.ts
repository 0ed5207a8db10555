import { type AppEvent, type AppEventType, type EventOwner, subjectToken } from '@polyroom/contracts';
import { formatCursor } from './event-cursor.js';

/** An event that is not in the log yet. */
export interface NewEvent {
  /** Unique within its source. */
  id: string;
  type: AppEventType;
  atMs: number;
  data: Record<string, unknown>;
}

/** An entry of the log: events of one owner that were stored together. */
export interface LoggedEvents {
  epoch: string;
  /** Of the first event. */
  seq: number;
  /** By source: the ID of its last event in this subject. */
  marks: Record<string, string>;
  roomId?: string;
  userId?: string;
  events: Omit<NewEvent, 'id'>[];
}

const prefix = 'eventlog';

export function streamNameOf(appId: number): string {
  return `${prefix}-${appId}`;
}

/** All subjects of an AppID. */
export function subjectsOf(appId: number): string {
  return `${prefix}.${appId}.>`;
}

export function subjectOf({ appId, roomId, userId }: EventOwner): string {
  if (roomId !== undefined) {
    return `${prefix}.${appId}.r.${subjectToken(roomId)}`;
  }
  return userId === undefined ? `${prefix}.${appId}.a` : `${prefix}.${appId}.u.${subjectToken(userId)}`;
}

export function toEvents(appId: number, logId: string, streamSeq: number, entry: LoggedEvents): AppEvent[] {
  const { epoch, seq, roomId, userId, events } = entry;
  return events.map(({ type, atMs, data }, index) => {
    const cursor = formatCursor({ streamSeq, index });
    return {
      id: `evt_${logId}_${cursor}`,
      cursor,
      type,
      appId,
      atMs,
      ...(roomId === undefined ? {} : { roomId }),
      ...(userId === undefined ? {} : { userId }),
      epoch,
      seq: seq + index,
      data,
    };
  });
}
