import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { findTextProblem } from '../arguments.js';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import { type ZegoEngineProfile, type ZegoRoomConfig, ZegoRoomMode } from '../zego-types.js';
import { type ZegoUser } from '../zego-user.js';
import { type Room } from './room.js';

export interface RoomEntryOptions {
  mode: ZegoRoomMode;
  profile: ZegoEngineProfile;
  link: Link;
}

/** Checks a login against the rooms that this engine is already in, as far as the client can tell. */
export function findLoginProblem(
  mode: ZegoRoomMode,
  present: readonly Room[],
  roomID: string,
  user: ZegoUser,
): ZegoError | undefined {
  const problem =
    findTextProblem('roomId', roomID, 'roomID') ??
    findTextProblem('userId', user?.userID, 'user.userID') ??
    findTextProblem('userName', user?.userName, 'user.userName');
  if (problem !== undefined || present.length === 0) {
    return problem;
  }
  if (mode === ZegoRoomMode.SingleRoom) {
    return ZegoError.of('ROOM_COUNT_EXCEED');
  }
  if (present.some((room) => room.roomID === roomID)) {
    return ZegoError.of('ROOM_ROOM_ID_HAS_BEEN_USED', { roomID });
  }
  const isSame = present.every((room) => isSameUser(room.user, user));
  return isSame ? undefined : ZegoError.of('ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME');
}

export function isSameUser(one: ZegoUser, other: ZegoUser): boolean {
  return one.userID === other.userID && one.userName === other.userName;
}

/** Requests a login, and connects first if necessary. */
export async function requestLogin(
  { link, mode, profile }: RoomEntryOptions,
  room: Room,
): Promise<ClientResult<'room.login'>> {
  await link.open();
  const answer = link.call('room.login', {
    appId: profile.appID,
    mode: mode === ZegoRoomMode.MultiRoom ? 'multi' : 'single',
    roomId: room.roomID,
    user: { userId: room.user.userID, userName: room.user.userName },
    ...(profile.appSign ? { appSign: profile.appSign } : {}),
    ...paramsOf(room.config),
  });
  room.noteAsked();
  return answer;
}

/** Requests to enter a room in place of another one. */
export function requestSwitch(
  { link }: Pick<RoomEntryOptions, 'link'>,
  fromRoomId: string,
  to: Room,
): Promise<ClientResult<'room.switch'>> {
  return link.call('room.switch', { fromRoomId, toRoomId: to.roomID, ...paramsOf(to.config) });
}

function paramsOf(config: ZegoRoomConfig): Pick<ClientParams<'room.login'>, 'token' | 'config'> {
  const { isListenOnly, isUserStatusNotify, maxMemberCount, token } = config;
  return {
    ...(token === undefined ? {} : { token }),
    config: {
      ...(isUserStatusNotify === undefined ? {} : { isUserStatusNotify }),
      ...(maxMemberCount === undefined ? {} : { maxMemberCount }),
      ...(isListenOnly === undefined ? {} : { listenOnly: isListenOnly }),
    },
  };
}
