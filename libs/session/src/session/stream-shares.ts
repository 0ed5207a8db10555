import { Inject, Injectable } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';
import { AppError, type MediaKind, roomRpc } from '@polyroom/contracts';
import { type ClientSession } from './client-session.js';
import { type Membership } from './membership.js';
import { Publications } from './publications.js';
import { mayShare } from './publish-rights.js';
import { type Upstream } from './upstream.js';
import { UpstreamMutes } from './upstream-mutes.js';

export interface ShowOptions {
  extraInfo?: string | undefined;
  /** Kinds that the publisher mutes in the room from the first packet on. */
  mutedKinds?: readonly MediaKind[];
}

/** Shows published streams in rooms, and hides them. */
@Injectable()
export class StreamShares {
  constructor(
    private readonly bus: Bus,
    private readonly mutes: UpstreamMutes,
    private readonly publications: Publications,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  /** A further room needs the right `share` and the AppID's entitlement (1003025). */
  async assertMayShare(
    session: ClientSession,
    membership: Membership,
    upstream: Pick<Upstream, 'isData' | 'roomIds' | 'streamId'>,
  ): Promise<void> {
    const { roomId } = membership;
    const isFirstRoom = upstream.roomIds.size === 0 || upstream.roomIds.has(roomId);
    if (isFirstRoom) {
      return;
    }
    if (!mayShare(membership, upstream)) {
      throw new AppError('PUBLISHER_SERVER_FORBID', { details: { roomId, right: 'share' } });
    }
    await this.assertEntitled(session);
  }

  /** Throws 1003025 unless the AppID may show one stream in several rooms. */
  async assertEntitled({ ref: { appId, userId } }: ClientSession): Promise<void> {
    const { shareStream } = await this.entitlements.get(appId, userId);
    if (!shareStream) {
      throw new AppError('PUBLISHER_SERVER_FORBID', { details: { entitlement: 'shareStream' } });
    }
  }

  /** Shows the stream in the room; the caller has checked the rights. Call it in the stream's queue. */
  async show(
    session: ClientSession,
    { epoch, roomId }: Membership,
    upstream: Upstream,
    { extraInfo, mutedKinds = [] }: ShowOptions,
  ): Promise<{ roomIds: string[]; mutedKinds: MediaKind[] }> {
    const { streamId } = upstream;
    await this.clearMutes(session, upstream, roomId);
    for (const kind of mutedKinds) {
      await this.mutes.wish(session, upstream, { kind, muted: true, roomId });
    }
    const forbiddenKinds = await this.mutes.obeyRoom(session, upstream, roomId);
    const { roomIds } = await this.bus.request(roomRpc.shareStream, {
      session: session.ref,
      user: session.options.user,
      epoch,
      roomId,
      streamId,
      kinds: [...upstream.kinds],
      ...(extraInfo === undefined ? {} : { extraInfo }),
      mutedKinds: [...upstream.mutedForViewers(roomId)],
    });
    session.share(streamId, roomIds);
    return { roomIds, mutedKinds: forbiddenKinds };
  }

  /** Hides the stream in the room, and ends it if no room shows it any more. Returns the rooms that show it. */
  async hide(session: ClientSession, streamId: string, roomId: string): Promise<string[]> {
    const roomIds = await session.runForUpstream(streamId, async () => {
      session.getUpstream(streamId);
      const reply = await this.bus.request(roomRpc.unshareStream, { session: session.ref, roomId, streamId });
      session.share(streamId, reply.roomIds);
      return reply.roomIds;
    });
    if (roomIds.length === 0) {
      await this.publications.stop(session, streamId);
    }
    return roomIds;
  }

  /** What it kept from the room when it was shown there before is forgotten. */
  private async clearMutes(session: ClientSession, upstream: Upstream, roomId: string): Promise<void> {
    if (upstream.roomIds.has(roomId)) {
      return;
    }
    for (const kind of upstream.mutedKinds(roomId)) {
      await this.mutes.wish(session, upstream, { kind, muted: false, roomId });
    }
    session.clearMutes(upstream.streamId, roomId);
  }
}
