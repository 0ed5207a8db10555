import { AppError, hasStreamRight } from '@polyroom/contracts';
import { type ClientSession } from './client-session.js';
import { type Membership } from './membership.js';
import { type Upstream } from './upstream.js';

/** A stream to send: its ID, and whether it carries data instead of audio and video. */
type Sent = Pick<Upstream, 'isData' | 'streamId'>;

/** Whether the credentials of a room allow publishing a stream there. Every way to send media or data asks this. */
export function mayPublish({ grants, roomId }: Membership, { isData, streamId }: Sent): boolean {
  return hasStreamRight(grants, roomId, isData ? 'data' : 'media', streamId);
}

/** Whether the credentials of a room allow showing a stream there that another room shows already. */
export function mayShare(
  { grants, roomId }: Pick<Membership, 'grants' | 'roomId'>,
  { streamId }: Pick<Sent, 'streamId'>,
): boolean {
  return hasStreamRight(grants, roomId, 'share', streamId);
}

/** The membership of a room in which the session may publish the stream. Throws 1002002, or 1002082. */
export function getPublisher(session: ClientSession, roomId: string, sent: Sent): Membership {
  const membership = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
  if (!mayPublish(membership, sent)) {
    throw new AppError('ROOM_NO_PUBLISH_AUTH', { details: { roomId, streamId: sent.streamId } });
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
    getPublisher(session, roomId, upstream);
  }
  if (roomIds.size === 0 && !maySend(session, upstream)) {
    throw new AppError('ROOM_NO_PUBLISH_AUTH', { details: { streamId } });
  }
}

/** Whether any room of the session allows the stream. */
export function maySend(session: ClientSession, sent: Sent): boolean {
  return session.memberships.some((room) => !room.hasExpired() && mayPublish(room, sent));
}

/** Rooms that show the stream without allowing it: without `publish`, or without `share` as a further room. */
export function findForbiddenRooms(session: ClientSession, upstream: Upstream): string[] {
  const shown = [...upstream.roomIds].flatMap((roomId) => session.findMembership(roomId) ?? []);
  const allowed = shown.filter((room) => mayPublish(room, upstream));
  const withoutShare = allowed.filter((room) => !mayShare(room, upstream));
  const forbidden = new Set([...shown.filter((room) => !allowed.includes(room)), ...withoutShare.slice(1)]);
  return [...forbidden].map(({ roomId }) => roomId);
}
