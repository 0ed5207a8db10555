import { AppError, hasRight } from '@polyroom/contracts';
import { getSession, type MethodRequest } from './method-handler.js';
import { type ClientSession } from '../session/client-session.js';

/** The session of a request that may speak in the room. Throws 1009005 outside, 1000039 without the right. */
export function getSpeaker(request: MethodRequest, roomId: string): ClientSession {
  const session = getSession(request);
  const { grants } = session.getMembership(roomId, 'IM_INCONSISTENT_ROOM_ID');
  if (!hasRight(grants, roomId, 'message')) {
    throw new AppError('COMMON_APP_ACCESS_DENIED', { details: { roomId, right: 'message' } });
  }
  return session;
}
