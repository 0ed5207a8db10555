import { issueNativeToken } from '@polyroom/tokens';
import { assertFilledList, assertInteger, assertObject, refusal } from './checks.js';
import {
  assertBaseTokenOptions,
  assertRoomGrant,
  assertStreamPatterns,
  baseTokenKeys,
  type BaseTokenOptions,
  checkLength,
  type RoomGrant,
} from './token-options.js';

/** The content of a native token. */
export interface TokenOptions extends BaseTokenOptions {
  /** The rooms with the rights in each; `'any'` grants every room with all rights. */
  rooms: 'any' | readonly RoomGrant[];
  /** The streams that the user may publish: IDs, or patterns in which `*` stands for any characters. Default: any. */
  streams?: readonly string[];
  /** The most rooms at the same time, where the AppID allows more. */
  maxRooms?: number;
}

const keys = [...baseTokenKeys, 'rooms', 'streams', 'maxRooms'];
const maxRoomsBounds = { min: 1, max: Number.MAX_SAFE_INTEGER };

/** Makes a native token: one token for several rooms, each with its own rights. Throws an ArgumentError. */
export async function createToken(options: TokenOptions): Promise<string> {
  assertObject('options', options, keys);
  assertBaseTokenOptions(options);
  const { appId, userId, secret, effectiveTimeSeconds, nowMs, rooms, streams, maxRooms } = options;
  assertRooms(rooms);
  assertStreamPatterns('streams', streams);
  if (maxRooms !== undefined) {
    assertInteger('maxRooms', maxRooms, maxRoomsBounds);
  }
  const token = await issueNativeToken({
    appId,
    userId,
    secret,
    effectiveTimeSeconds,
    ...(rooms === 'any'
      ? {}
      : {
          rooms: rooms.map(({ roomId, roomPattern, rights, streams: ofRoom }) => ({
            ...(roomId === undefined ? {} : { roomId }),
            ...(roomPattern === undefined ? {} : { roomPattern }),
            rights: [...rights],
            ...(ofRoom === undefined ? {} : { streams: [...ofRoom] }),
          })),
        }),
    ...(streams === undefined ? {} : { streams: [...streams] }),
    ...(maxRooms === undefined ? {} : { maxRooms }),
    ...(nowMs === undefined ? {} : { nowMs }),
  });
  return checkLength(token, rooms === 'any' ? 'streams' : 'rooms');
}

function assertRooms(rooms: TokenOptions['rooms']): void {
  if (rooms === 'any') {
    return;
  }
  const advice = "'any' grants every room";
  if (rooms === undefined) {
    throw refusal('rooms', `is missing; ${advice}`);
  }
  assertFilledList('rooms', rooms, advice);
  rooms.forEach((room, index) => assertRoomGrant(`rooms[${index}]`, room));
}
