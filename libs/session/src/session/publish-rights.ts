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
export function assertMaySend(session: ClientSession, upstream: Upstream): void {
  const { roomIds, streamId } = upstream;
  for (const roomId of roomIds) {
    getPublisher(session, roomId, streamId);
  }
  if (roomIds.size === 0 && !maySend(session, upstream)) {
    throw new AppError('ROOM_NO_PUBLISH_AUTH', { details: { streamId } });
  }
}

/** Whether any room of the session allows the stream. */
export function maySend(session: ClientSession, { streamId }: Upstream): boolean {
  return session.memberships.some((room) => !room.hasExpired() && mayPublish(room, streamId));
}

/** Rooms that show the stream without allowing it: without `publish`, or without `share` as a further room. */
export function findForbiddenRooms(session: ClientSession, upstream: Upstream): string[] {
  const shown = [...upstream.roomIds].flatMap((roomId) => session.findMembership(roomId) ?? []);
  const allowed = shown.filter((room) => mayPublish(room, upstream.streamId));
  const withoutShare = allowed.filter(({ grants, roomId }) => !hasRight(grants, roomId, 'share'));
  const forbidden = new Set([...shown.filter((room) => !allowed.includes(room)), ...withoutShare.slice(1)]);
  return [...forbidden].map(({ roomId }) => roomId);
}
