import { type ClientParams, type ClientResult, type User } from '@polyroom/contracts/client';
import { findTextProblem } from '../arguments.js';
import { type ClientOptions, type MoveOptions } from '../client-types.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Link } from '../signal/link.js';
import { type Room } from './room.js';

export interface RoomEntryOptions {
  client: ClientOptions;
  link: Link;
}

interface EnteredRooms {
  attach(): Promise<void>;
  /** The answer to the login of a room arrived after the call had timed out. */
  handleLateLogin(room: Room, result: ClientResult<'room.login'>): void;
}

/** Whether the client may be in one room only. */
export function isSingleRoom({ roomMode }: ClientOptions): boolean {
  return roomMode === 'single';
}

/** Checks a join against the rooms that this client is already in, as far as the client can tell. */
export function findJoinProblem(
  client: ClientOptions,
  present: readonly Room[],
  roomId: string,
  user: User,
): PolyroomError | undefined {
  const problem =
    findTextProblem('roomId', roomId, 'roomId') ??
    findTextProblem('userId', user?.userId, 'user.userId') ??
    findTextProblem('userName', user?.userName, 'user.userName');
  if (problem !== undefined || present.length === 0) {
    return problem;
  }
  if (isSingleRoom(client)) {
    return PolyroomError.of('ROOM_COUNT_EXCEED');
  }
  if (present.some((room) => room.roomId === roomId)) {
    return PolyroomError.of('ROOM_ROOM_ID_HAS_BEEN_USED', { roomId });
  }
  const isSame = present.every((room) => isSameUser(room.user, user));
  return isSame ? undefined : PolyroomError.of('ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME');
}

export function isSameUser(one: User, other: User): boolean {
  return one.userId === other.userId && one.userName === other.userName;
}

/**
 * Requests to enter a room, and connects first if necessary. A session that has no connection is resumed before:
 * the login would open another one, which evicts it.
 */
export async function requestJoin(
  { client, link }: RoomEntryOptions,
  room: Room,
  rooms: EnteredRooms,
): Promise<ClientResult<'room.login'>> {
  const fetching = fetchToken(client, room);
  if (fetching !== undefined) {
    await fetching;
  }
  await link.open();
  await rooms.attach();
  const params = {
    appId: client.appId,
    mode: client.roomMode ?? 'multi',
    roomId: room.roomId,
    user: { userId: room.user.userId, userName: room.user.userName },
    ...(client.appSign ? { appSign: client.appSign } : {}),
    client: link.client,
    ...paramsOf(room.options),
  };
  const answer = link.call('room.login', params, {
    onLate: (result) => rooms.handleLateLogin(room, result),
  });
  room.noteAsked();
  return answer;
}

/** Requests to enter a room in place of another one. */
export async function requestMove(
  { client, link }: RoomEntryOptions,
  fromRoomId: string,
  to: Room,
): Promise<ClientResult<'room.switch'>> {
  const fetching = fetchToken(client, to);
  if (fetching !== undefined) {
    await fetching;
  }
  const answer = link.call('room.switch', { fromRoomId, toRoomId: to.roomId, ...paramsOf(to.options) });
  to.noteAsked();
  return answer;
}

function paramsOf(options: MoveOptions): Pick<ClientParams<'room.login'>, 'token' | 'config'> {
  const { listenOnly, maxMembers, memberEvents = true, token } = options;
  return {
    ...(token === undefined ? {} : { token }),
    config: {
      isUserStatusNotify: memberEvents,
      ...(maxMembers === undefined ? {} : { maxMemberCount: maxMembers }),
      ...(listenOnly === undefined ? {} : { listenOnly }),
    },
  };
}

/** A token that the application gave with the call, or renewed meanwhile, is used before one of the provider. */
function fetchToken(client: ClientOptions, room: Room): Promise<void> | undefined {
  const isGiven =
    room.unsentToken !== undefined || (room.state === 'joining' && room.options.token !== undefined);
  return client.tokenProvider === undefined || isGiven ? undefined : storeToken(client, room);
}

async function storeToken(client: ClientOptions, room: Room): Promise<void> {
  room.options.token = await provideToken(client, room.roomId);
}

/** Asks the application for a token. Its failure may pass, so the call is worth a retry. */
export async function provideToken({ tokenProvider }: ClientOptions, roomId: string): Promise<string> {
  const { code } = PolyroomError.of('ROOM_NO_TOKEN');
  const fail = (problem: string): PolyroomError =>
    new PolyroomError(code, 'ROOM_NO_TOKEN', `tokenProvider: ${problem}.`, true, {
      path: 'tokenProvider',
      roomId,
    });
  let token: unknown;
  try {
    token = await tokenProvider?.(roomId);
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error));
  }
  if (typeof token !== 'string' || token === '') {
    throw fail('expected a token');
  }
  return token;
}
