import { AppError, hasRight } from '@polyroom/contracts';
import { type ClientSession } from './client-session.js';
import { type Membership } from './membership.js';
import { type Upstream } from './upstream.js';

/** Whether the credentials of a room allow publishing a stream there. Every way to send media asks this. */
export function mayPublish({ grants, roomId }: Membership, streamId: string): boolean {
  return hasRight(grants, roomId, 'publish') && (grants.streams?.includes(streamId) ?? true);
}

/** The membership of a room in which the session may publish the stream. Throws 1002002, or 1002082. */
export function getPublisher(session: ClientSession, roomId: string, streamId: string): Membership {
  const membership = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
  if (!mayPublish(membership, streamId)) {
    throw new AppError('ROOM_NO_PUBLISH_AUTH', { details: { roomId, streamId } });
  }
  return membership;
}

/**
 * Throws 1002082 unless the stream may be sent: every room that shows it has to allow it. While none does, one
 * of the session's rooms has to.
 */
export function assertMaySend(session: ClientSession, { roomIds, streamId }: Upstream): void {
  for (const roomId of roomIds) {
    getPublisher(session, roomId, streamId);
  }
  const isAllowed =
    roomIds.size > 0 || [...session.memberships.values()].some((room) => mayPublish(room, streamId));
  if (!isAllowed) {
    throw new AppError('ROOM_NO_PUBLISH_AUTH', { details: { streamId } });
  }
}
