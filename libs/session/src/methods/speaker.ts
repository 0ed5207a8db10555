import { AppError, hasRight, type RoomRight } from '@polyroom/contracts';
import { getSession, type MethodRequest } from './method-handler.js';
import { type ClientSession } from '../session/client-session.js';

/** The session of a request that may send messages in the room. Throws 1009005 outside, 1000039 without the right. */
export function getSpeaker(request: MethodRequest, roomId: string): ClientSession {
  return getMessagingMember(request, roomId, 'sendMessages');
}

/** The session of a request that may read the messages of the room. Throws as `getSpeaker`. */
export function getReader(request: MethodRequest, roomId: string): ClientSession {
  return getMessagingMember(request, roomId, 'readMessages');
}

function getMessagingMember(request: MethodRequest, roomId: string, right: RoomRight): ClientSession {
  const session = getSession(request);
  const { grants } = session.getMembership(roomId, 'IM_INCONSISTENT_ROOM_ID');
  if (!hasRight(grants, roomId, right)) {
    throw new AppError('COMMON_APP_ACCESS_DENIED', { details: { roomId, right } });
  }
  return session;
}
