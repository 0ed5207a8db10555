import { RateLimiter } from '@polyroom/async';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  messagingRpc,
  sharesPerUserPerSecond,
} from '@polyroom/contracts';
import { MessagingInstances } from '../messages/messaging-instances.js';
import { type ClientSession } from '../session/client-session.js';
import { getPublisher } from '../session/publish-rights.js';
import { StreamShares } from '../session/stream-shares.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

type Params = ClientParams<'stream.share'>;
type Result = ClientResult<'stream.share'>;

/** `stream.share`: shows a produced stream in a room. The second room needs more than the first. */
@HandlesClientMethod('stream.share', { emptyRoomIdError: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL' })
export class ShareMethod implements MethodHandler<'stream.share'> {
  private readonly rates = new RateLimiter();

  constructor(
    private readonly shares: StreamShares,
    private readonly instances: MessagingInstances,
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
    await this.shares.assertMayShare(session, membership, upstream);
    this.count(session, roomId);
    const extraInfo = await this.permitExtraInfo(session, params);
    const { mutedKinds, roomIds } = await this.shares.show(session, membership, upstream, { extraInfo });
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
}
