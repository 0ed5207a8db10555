import { randomInt } from 'node:crypto';
import { type AppEvent, type AppEventType } from '@polyroom/contracts';
import { signZegoCallback } from '@polyroom/tokens';
import { type SignedRequest } from './format-standard.js';

/** ZEGO's names. Events without one are not sent in this format. */
export const zegoNames: Partial<Record<AppEventType, string>> = {
  'room.opened': 'room_create',
  'room.closed': 'room_close',
  'user.joined': 'room_login',
  'user.left': 'room_logout',
  'stream.added': 'stream_create',
  'stream.removed': 'stream_close',
};

/** 0 normal, 1 heartbeat timeout, 2 connection lost, 3 logged in again or kicked. */
const logoutReasons: Record<string, number> = {
  stopped: 0,
  heartbeatTimeout: 1,
  disconnected: 2,
  repeatedLogin: 3,
  kicked: 3,
  roomClosed: 3,
};
/** 0 normal, 1 heartbeat, 2 repeated login, 3 kicked, 4 connection lost, 5 room cleared. */
const streamReasons: Record<string, number> = {
  stopped: 0,
  heartbeatTimeout: 1,
  repeatedLogin: 2,
  kicked: 3,
  disconnected: 4,
  roomClosed: 5,
};
/** 0 normal, 1 last user timed out, 2 last user offline, 3 last user kicked. */
const closeReasons: Record<string, number> = { heartbeatTimeout: 1, disconnected: 2, kicked: 3 };

/** A callback in ZEGO's format, or undefined if it has none for the event. */
export function toZegoRequest(event: AppEvent, secret: string, at: Date): SignedRequest | undefined {
  const name = zegoNames[event.type];
  if (name === undefined) {
    return undefined;
  }
  const timestamp = Math.floor(at.getTime() / 1000);
  const nonce = randomInt(1_000_000_000);
  const body = JSON.stringify({
    event: name,
    appid: String(event.appId),
    timestamp: String(timestamp),
    nonce: String(nonce),
    signature: signZegoCallback(secret, String(timestamp), String(nonce)),
    event_id: event.id,
    event_seq: event.seq,
    room_id: event.roomId,
    ...fieldsOf(event),
  });
  return { headers: {}, body };
}

function fieldsOf({ type, atMs, seq, data }: AppEvent): Record<string, unknown> {
  const room = { room_session_id: data['roomEpoch'] };
  const reason = typeof data['reason'] === 'string' ? data['reason'] : '';
  switch (type) {
    case 'room.opened':
      return { ...room, id_name: data['roomEpoch'], room_create_time: String(atMs) };
    case 'room.closed':
      return { ...room, close_reason: closeReasons[reason] ?? 0, room_close_time: String(atMs) };
    case 'user.joined':
    case 'user.left':
      return {
        room_seq: data['roomEpoch'],
        user_account: data['userId'],
        user_nickname: data['userName'],
        session_id: data['sessionId'],
        user_update_seq: seq,
        ...(type === 'user.joined'
          ? { login_time: String(atMs), relogin: 0 }
          : { logout_time: String(atMs), reason: logoutReasons[reason] ?? 0 }),
      };
    case 'stream.added':
      return {
        ...room,
        ...streamOf(data),
        stream_seq: String(seq),
        extra_info: data['extraInfo'],
        recreate: 0,
        create_time: String(Math.floor(atMs / 1000)),
        create_time_ms: String(atMs),
      };
    default:
      return {
        ...room,
        ...streamOf(data),
        stream_seq: String(seq),
        type: streamReasons[reason] ?? 0,
        destroy_timemillis: String(atMs),
      };
  }
}

function streamOf(data: AppEvent['data']): Record<string, unknown> {
  return {
    user_id: data['userId'],
    user_name: data['userName'] ?? data['userId'],
    stream_id: data['streamId'],
    stream_sid: data['sessionId'],
  };
}
