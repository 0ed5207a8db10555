import { type ErrorName, findErrorName } from '@polyroom/contracts/client';
import { PolyroomError } from '../polyroom-error.js';

export function isNetworkError(error: PolyroomError | undefined): boolean {
  const name = error === undefined ? undefined : findErrorName(error.code);
  return name === 'PROTOCOL_SOCKET_CLOSED' || name === 'PROTOCOL_NETWORK_TIMEOUT';
}

/** For requests that a resumed session repeats: a lost connection is not a failure of the request. */
export function throwUnlessLost(error: unknown): void {
  const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
  if (!isNetworkError(failure)) {
    throw failure;
  }
}

/** The error of a join after a network failure. */
export function toJoinError(error: unknown): PolyroomError {
  const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
  switch (findErrorName(failure.code)) {
    case 'PROTOCOL_SOCKET_CLOSED':
      return PolyroomError.of('ROOM_CONNECT_FAILED');
    case 'PROTOCOL_NETWORK_TIMEOUT':
      return PolyroomError.of('ROOM_LOGIN_TIMEOUT');
    default:
      return failure;
  }
}

const moveRefusals = new Set<ErrorName | undefined>([
  'ROOM_ROOMID_INCORRECT',
  'ROOM_ROOM_ID_HAS_BEEN_USED',
  'ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME',
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_NO_TOKEN',
]);

/** A move refused by the user's own limits: the room that was to be left stays entered. */
export function leavesAllAsItIs(failure: PolyroomError): boolean {
  return moveRefusals.has(findErrorName(failure.code));
}
