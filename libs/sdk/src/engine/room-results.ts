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

/** For requests that a resumed session repeats: a lost connection is not a failure of the request. */
export function throwUnlessLost(error: unknown): void {
  const failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
  if (!isNetworkError(failure)) {
    throw failure;
  }
}

/** The error code that ZEGO applications expect after a network failure. */
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

/** A switch refused by the user's own limits: the room that was to be left stays entered. */
export function leavesAllAsItIs(failure: ZegoError): boolean {
  return switchRefusals.has(findErrorName(failure.code));
}
