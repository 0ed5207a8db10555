import { type ClientErrorName, findClientErrorName } from '@polyroom/contracts/client';
import { PolyroomError } from '../polyroom-error.js';

export function isNetworkError(error: unknown): boolean {
  const name = error instanceof PolyroomError ? findClientErrorName(error.code) : undefined;
  return name === 'PROTOCOL_SOCKET_CLOSED' || name === 'PROTOCOL_NETWORK_TIMEOUT';
}

/** For requests that a resumed session repeats: a lost connection is not a failure of the request. */
export function throwUnlessLost(error: unknown): void {
  const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
  if (!isNetworkError(failure)) {
    throw failure;
  }
}

/** For requests whose refusal does not matter, as long as the servers have received them. */
export function throwIfLost(error: unknown): void {
  const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
  if (isNetworkError(failure)) {
    throw failure;
  }
}

/** The error of a join after a network failure. */
export function toJoinError(error: unknown): PolyroomError {
  const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
  switch (findClientErrorName(failure.code)) {
    case 'PROTOCOL_SOCKET_CLOSED':
      return PolyroomError.of('ROOM_CONNECT_FAILED', failure.details);
    case 'PROTOCOL_NETWORK_TIMEOUT':
      return PolyroomError.of('ROOM_LOGIN_TIMEOUT', failure.details);
    default:
      return failure;
  }
}

/** Whether a join failed without an answer of the servers, as `toJoinError` reports it. */
export function isUnreachable({ errorName }: PolyroomError): boolean {
  return errorName === 'ROOM_CONNECT_FAILED' || errorName === 'ROOM_LOGIN_TIMEOUT';
}

const moveRefusals = new Set<ClientErrorName | undefined>([
  'ROOM_ROOMID_INCORRECT',
  'ROOM_ROOM_ID_HAS_BEEN_USED',
  'ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME',
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_NO_TOKEN',
]);

/** A move refused by the user's own limits: the room that was to be left stays entered. */
export function leavesAllAsItIs(failure: PolyroomError): boolean {
  return moveRefusals.has(findClientErrorName(failure.code));
}

/** The details of a removal; `reason` is the server's, if it gave one. */
export function withReason(
  error: PolyroomError,
  reason: string | undefined,
): { error: PolyroomError; reason?: string } {
  return reason === undefined ? { error } : { error, reason };
}
