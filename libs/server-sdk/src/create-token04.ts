import { generateToken04 } from '@polyroom/tokens';
import { assertId, assertObject, refusal } from './checks.js';
import {
  assertBaseTokenOptions,
  assertRights,
  assertStreams,
  baseTokenKeys,
  type BaseTokenOptions,
  checkLength,
} from './token-options.js';

/** The one room that a token04 can name. */
export interface Token04Room {
  /** 1 to 127 bytes. */
  roomId: string;
  /** `login` includes `subscribe` and `message`, `publish` includes `share`. */
  rights: readonly ('login' | 'publish')[];
  /** The stream IDs that the user may publish. Default: any. */
  streams?: readonly string[];
}

/** The content of a token04. */
export interface Token04Options extends BaseTokenOptions {
  /** `'any'` grants every room with all rights. */
  room: 'any' | Token04Room;
}

const keys = [...baseTokenKeys, 'room'];

/** Makes a token04, the format of ZEGO's generators. Throws an ArgumentError. */
export function createToken04(options: Token04Options): string {
  assertObject('options', options, keys);
  assertBaseTokenOptions(options);
  const { appId, userId, secret, effectiveTimeSeconds, nowMs, room } = options;
  assertRoom(room);
  // A payload of this length makes a longer token; far longer ones do not fit into the length field of a token04.
  const payload = checkLength(room === 'any' ? '' : writePayload(room), 'room.streams');
  const token = generateToken04({
    appId,
    userId,
    secret,
    effectiveTimeSeconds,
    payload,
    ...(nowMs === undefined ? {} : { nowMs }),
  });
  return checkLength(token, 'room.streams');
}

function assertRoom(room: Token04Options['room']): void {
  if (room === 'any') {
    return;
  }
  if (room === undefined) {
    throw refusal('room', "is missing; 'any' grants every room");
  }
  assertObject('room', room, ['roomId', 'rights', 'streams']);
  assertId('roomId', 'room.roomId', room.roomId);
  assertRights('room.rights', room.rights, ['login', 'publish']);
  assertStreams('room.streams', room.streams);
}

/** ZEGO's privilege payload: "1" = log in, "2" = publish. */
function writePayload({ roomId, rights, streams }: Token04Room): string {
  return JSON.stringify({
    room_id: roomId,
    privilege: { '1': rights.includes('login') ? 1 : 0, '2': rights.includes('publish') ? 1 : 0 },
    stream_id_list: streams ?? null,
  });
}
