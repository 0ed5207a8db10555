import { Inject } from '@nestjs/common';
import { RateLimiter } from '@polyroom/async';
import { Bus, EntitlementCache } from '@polyroom/bus';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  messagingRpc,
  roomRpc,
  sharesPerUserPerSecond,
} from '@polyroom/contracts';
import { MessagingInstances } from '../messages/messaging-instances.js';
import { type ClientSession } from '../session/client-session.js';
import { type Membership } from '../session/membership.js';
import { getPublisher, mayShare } from '../session/publish-rights.js';
import { type Upstream } from '../session/upstream.js';
import { UpstreamMutes } from '../session/upstream-mutes.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'stream.share'>;
type Result = ClientResult<'stream.share'>;

/** `stream.share`: shows a produced stream in a room. The second room needs more than the first. */
@HandlesClientMethod('stream.share', { emptyRoomIdError: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL' })
export class ShareMethod implements MethodHandler<'stream.share'> {
  private readonly rates = new RateLimiter();

  constructor(
    private readonly bus: Bus,
    private readonly mutes: UpstreamMutes,
    private readonly instances: MessagingInstances,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  handle(request: MethodRequest, params: Params): Promise<Result> {
    const session = getSession(request);
    // In turn, so that two shares at once cannot both take themselves for the first.
    return session.runForUpstream(params.streamId, () => this.share(session, params));
  }

  private async share(session: ClientSession, params: Params): Promise<Result> {
    const { streamId, roomId } = params;
    const published = session.findUpstream(streamId);
    const membership = getPublisher(session, roomId, published ?? { streamId, isData: false });
    const upstream = session.getUpstream(streamId);
    if (upstream.kinds.size === 0) {
      throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', { details: { streamId, problem: 'no track' } });
    }
    await this.assertMayShare(session, membership, upstream);
    this.count(session, roomId);
    const extraInfo = await this.permitExtraInfo(session, params);
    await this.clearMutes(session, upstream, roomId);
    const mutedKinds = await this.mutes.obeyRoom(session, upstream, roomId);
    const { roomIds } = await this.bus.request(roomRpc.shareStream, {
      session: session.ref,
      user: session.options.user,
      epoch: membership.epoch,
      roomId,
      streamId,
      kinds: [...upstream.kinds],
      ...(extraInfo === undefined ? {} : { extraInfo }),
      mutedKinds: [...upstream.mutedForViewers(roomId)],
    });
    session.share(streamId, roomIds);
    return { roomIds, ...(mutedKinds.length === 0 ? {} : { mutedKinds }) };
  }

  /** Counted here, so that a share without a text costs no further request. */
  private count({ ref: { appId, userId } }: ClientSession, roomId: string): void {
    if (!this.rates.take(`${appId} ${userId} ${roomId}`, sharesPerUserPerSecond)) {
      throw new AppError('IM_BROADCAST_MESSAGE_QPS_OVERLOAD', {
        details: { perSecond: sharesPerUserPerSecond },
      });
    }
  }

  /** Only a text is counted and moderated: a share without one costs no further request. */
  private async permitExtraInfo(
    { ref: { appId }, options: { user } }: ClientSession,
    { roomId, extraInfo }: Params,
  ): Promise<string | undefined> {
    if (extraInfo === undefined || extraInfo === '') {
      return extraInfo;
    }
    const { contents } = await this.instances.ask(
      messagingRpc.permitUpdate,
      { appId, roomId },
      { appId, roomId, from: user, kind: 'streamExtraInfo', texts: [{ content: extraInfo }] },
    );
    return contents[0]!;
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

  /** A further room needs the right `share` and the AppID's entitlement. */
  private async assertMayShare(
    session: ClientSession,
    membership: Membership,
    upstream: Upstream,
  ): Promise<void> {
    const { roomId } = membership;
    const isFirstRoom = upstream.roomIds.size === 0 || upstream.roomIds.has(roomId);
    if (isFirstRoom) {
      return;
    }
    if (!mayShare(membership, upstream)) {
      throw new AppError('PUBLISHER_SERVER_FORBID', { details: { roomId, right: 'share' } });
    }
    const { shareStream } = await this.entitlements.get(session.ref.appId, session.ref.userId);
    if (!shareStream) {
      throw new AppError('PUBLISHER_SERVER_FORBID', { details: { entitlement: 'shareStream' } });
    }
  }
}
