import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  extendToRoom,
  type MediaKind,
  newId,
  type ParsedRequestOf,
  type ReplyOf,
  roomRpc,
  type sessionAdminRpc,
  type User,
} from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { Deadline } from '../session/deadline.js';
import { type Membership } from '../session/membership.js';
import { Publications } from '../session/publications.js';
import { mayPublish, mayShare } from '../session/publish-rights.js';
import { SessionLifecycle } from '../session/session-lifecycle.js';
import { withoutOwn } from '../session/session-resumer.js';
import { type RoomEntry, SessionRooms, type SwitchedRoom } from '../session/session-rooms.js';
import { SessionTokens } from '../session/session-tokens.js';
import { StreamShares } from '../session/stream-shares.js';
import { type Upstream } from '../session/upstream.js';

type Transfer = Omit<ParsedRequestOf<typeof sessionAdminRpc.transferSession>, 'session'>;
type Transferred = ReplyOf<typeof sessionAdminRpc.transferSession>;

const transferTimeoutMs = 10_000;

/** A stream that the former room shows. */
interface Shown {
  streamId: string;
  extraInfo: string | undefined;
  /** What the publisher mutes in the former room. */
  mutedKinds: readonly MediaKind[];
}

/**
 * Takes a session into another room at the request of the application's server. The new membership has the rights of
 * the former one; the room service applies the rules of a login.
 */
@Injectable()
export class RoomTransfers {
  constructor(
    private readonly bus: Bus,
    private readonly rooms: SessionRooms,
    private readonly shares: StreamShares,
    private readonly publications: Publications,
    private readonly tokens: SessionTokens,
    private readonly lifecycle: SessionLifecycle,
  ) {}

  run(session: ClientSession, transfer: Transfer): Promise<Transferred> {
    const transferring = this.transfer(session, transfer);
    session.slot.noteEntering(transfer.toRoomId, transferring);
    return transferring;
  }

  private async transfer(session: ClientSession, transfer: Transfer): Promise<Transferred> {
    const { fromRoomId, leaves, toRoomId } = transfer;
    const from = session.getMembership(fromRoomId, 'ROOM_ROOMID_INCORRECT');
    if (fromRoomId === toRoomId) {
      throw new AppError('ROOM_ROOM_ID_HAS_BEEN_USED', { details: { roomId: toRoomId } });
    }
    const shown = transfer.sharesStreams ? await this.readShown(session, fromRoomId) : [];
    const entry = createEntry(from, toRoomId, session.options.user);
    if (!leaves && shown.length > 0) {
      await this.assertMayShareAll(session, entry, shown);
    }
    const entered = await this.enter(session, entry, leaves ? fromRoomId : undefined);
    const { membership, orphanedStreamIds, snapshot } = entered;
    const late = findLate(session, fromRoomId, orphanedStreamIds, shown);
    const streams = await this.show(session, membership, transfer.sharesStreams ? [...shown, ...late] : []);
    if (!transfer.sharesStreams) {
      const why = new AppError('PUBLISHER_SERVER_FORBID');
      await Promise.all(late.map(({ streamId }) => this.stopOrphan(session, streamId, why)));
    }
    session.connection.sendEvent('room.entered', {
      roomId: toRoomId,
      fromRoomId,
      left: leaves,
      snapshot: withoutOwn(session, snapshot),
      streams,
    });
    membership.subscription.activate(snapshot);
    this.tokens.handleEntered(session, membership);
    return {
      roomIds: session.memberships.map(({ roomId }) => roomId),
      streamIds: streams.map(({ streamId }) => streamId),
    };
  }

  private async readShown({ ref, upstreams }: ClientSession, roomId: string): Promise<Shown[]> {
    const own = upstreams.filter(({ kinds, roomIds }) => roomIds.has(roomId) && kinds.size > 0);
    if (own.length === 0) {
      return [];
    }
    const { streams } = await this.bus.request(roomRpc.getSnapshot, { appId: ref.appId, roomId });
    return own.map((upstream) => ({
      streamId: upstream.streamId,
      extraInfo: streams.find(({ streamId }) => streamId === upstream.streamId)?.extraInfo,
      mutedKinds: upstream.mutedKinds(roomId),
    }));
  }

  /** Before the room is entered, so that a refusal changes nothing. */
  private async assertMayShareAll(
    session: ClientSession,
    { roomId, token }: RoomEntry,
    shown: readonly Shown[],
  ): Promise<void> {
    const forbidden = shown.find(({ streamId }) => !mayShare({ grants: token, roomId }, { streamId }));
    if (forbidden !== undefined) {
      throw new AppError('PUBLISHER_SERVER_FORBID', {
        details: { roomId, streamId: forbidden.streamId, right: 'share' },
      });
    }
    await this.shares.assertEntitled(session);
  }

  private async enter(
    session: ClientSession,
    entry: RoomEntry,
    fromRoomId: string | undefined,
  ): Promise<SwitchedRoom> {
    try {
      return await (fromRoomId === undefined
        ? this.rooms.enter(session, entry).then((entered) => ({ ...entered, orphanedStreamIds: [] }))
        : this.rooms.switch(session, { ...entry, fromRoomId, keepStreams: true }));
    } catch (error) {
      if (fromRoomId !== undefined) {
        await this.rooms.dropUnheld(session, fromRoomId);
      }
      void this.lifecycle.endIfIdle(session);
      throw error;
    }
  }

  /** Shows the streams in the new room; those that it does not allow, and no other room shows, end. */
  private async show(
    session: ClientSession,
    membership: Membership,
    shown: readonly Shown[],
  ): Promise<{ streamId: string; mutedKinds: MediaKind[] }[]> {
    const results = await Promise.all(shown.map((stream) => this.showOne(session, membership, stream)));
    return results.flatMap((result) => result ?? []);
  }

  private async showOne(
    session: ClientSession,
    membership: Membership,
    { extraInfo, mutedKinds, streamId }: Shown,
  ): Promise<{ streamId: string; mutedKinds: MediaKind[] } | undefined> {
    let failure: unknown;
    const result = await session.runForUpstream(streamId, async () => {
      const upstream = session.findUpstream(streamId);
      if (upstream === undefined) {
        return undefined;
      }
      try {
        await this.assertMayShow(session, membership, upstream);
        return await this.shares.show(session, membership, upstream, { extraInfo, mutedKinds });
      } catch (error) {
        failure = error;
        return undefined;
      }
    });
    if (result !== undefined) {
      return { streamId, mutedKinds: result.mutedKinds };
    }
    await this.stopOrphan(session, streamId, failure);
    return undefined;
  }

  /** Ends a stream that no room shows. */
  private async stopOrphan(session: ClientSession, streamId: string, failure: unknown): Promise<void> {
    if (session.findUpstream(streamId)?.roomIds.size === 0) {
      await this.publications.stopQuietly(session, streamId);
      const { code } = failure instanceof AppError ? failure : new AppError('PUBLISHER_INNER_ERROR');
      session.connection.sendEvent('stream.stopped', { streamId, code });
    }
  }

  private async assertMayShow(
    session: ClientSession,
    membership: Membership,
    upstream: Upstream,
  ): Promise<void> {
    if (!mayPublish(membership, upstream)) {
      throw new AppError('ROOM_NO_PUBLISH_AUTH', { details: { streamId: upstream.streamId } });
    }
    await this.shares.assertMayShare(session, membership, upstream);
  }
}

/** Streams that the former room began to show after `shown` was read, without an extra info. */
function findLate(
  session: ClientSession,
  fromRoomId: string,
  orphanedStreamIds: readonly string[],
  shown: readonly Shown[],
): Shown[] {
  const known = new Set(shown.map(({ streamId }) => streamId));
  return orphanedStreamIds
    .filter((streamId) => !known.has(streamId))
    .map((streamId) => ({
      streamId,
      extraInfo: undefined,
      mutedKinds: session.findUpstream(streamId)?.mutedKinds(fromRoomId) ?? [],
    }));
}

/** A login with the rights and settings that the session has in `from`. */
function createEntry(from: Membership, roomId: string, user: User): RoomEntry {
  const grants = extendToRoom(from.token, from.roomId, roomId);
  const { grants: token, isUserStatusNotify, listenOnly } = from.noteWith(grants);
  return {
    roomId,
    user,
    token,
    isUserStatusNotify,
    listenOnly: listenOnly === true,
    requestId: newId('correlation'),
    maxMemberCount: 0,
    deadline: new Deadline(transferTimeoutMs, 'ROOM_LOGIN_TIMEOUT'),
    opens: false,
  };
}
