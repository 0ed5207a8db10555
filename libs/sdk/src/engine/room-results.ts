import { type ErrorName, findErrorName } from '@polyroom/contracts';
import { ZegoError } from '../zego-error.js';
import { type ZegoRoomLoginResult } from '../zego-types.js';

export function toResult(error?: ZegoError): ZegoRoomLoginResult {
  return { errorCode: error?.code ?? 0, extendedData: error === undefined ? '{}' : describe(error) };
}

export function describe(error: ZegoError): string {
  return JSON.stringify({
    error_name: error.errorName,
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}

export function isNetworkError(error: ZegoError | undefined): boolean {
  const name = error === undefined ? undefined : findErrorName(error.code);
  return name === 'PROTOCOL_SOCKET_CLOSED' || name === 'PROTOCOL_NETWORK_TIMEOUT';
}

/** For requests that a resumed session makes up for: a lost connection is no failure of theirs. */
export function throwUnlessLost(error: unknown): void {
  const failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
  if (!isNetworkError(failure)) {
    throw failure;
  }
}

/** What ZEGO's applications expect where the network failed. */
export function toLoginError(error: unknown): ZegoError {
  const failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
  switch (findErrorName(failure.code)) {
    case 'PROTOCOL_SOCKET_CLOSED':
      return ZegoError.of('ROOM_CONNECT_FAILED');
    case 'PROTOCOL_NETWORK_TIMEOUT':
      return ZegoError.of('ROOM_LOGIN_TIMEOUT');
    default:
      return failure;
  }
}

const switchRefusals = new Set<ErrorName | undefined>([
  'ROOM_ROOMID_INCORRECT',
  'ROOM_ROOM_ID_HAS_BEEN_USED',
  'ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME',
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_NO_TOKEN',
]);

/** A switch that the user's own rules refuse: the room that was to be left is not left. */
export function leavesAllAsItIs(failure: ZegoError): boolean {
  return switchRefusals.has(findErrorName(failure.code));
}
