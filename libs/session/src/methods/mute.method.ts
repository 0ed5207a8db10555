import { RateLimiter } from '@polyroom/async';
import { AppError, type ClientParams, type ClientResult, mutesPerUserPerSecond } from '@polyroom/contracts';
import { type ClientSession } from '../session/client-session.js';
import { UpstreamMutes } from '../session/upstream-mutes.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.mute`: keeps one kind of an own stream from one room, or from all. An operator's mute stays. */
@HandlesClientMethod('stream.mute', { emptyRoomIdError: 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL' })
export class MuteMethod implements MethodHandler<'stream.mute'> {
  private readonly rates = new RateLimiter();

  constructor(private readonly mutes: UpstreamMutes) {}

  handle(request: MethodRequest, params: ClientParams<'stream.mute'>): Promise<ClientResult<'stream.mute'>> {
    const session = getSession(request);
    const { kind, muted, roomId, streamId } = params;
    return session.runForUpstream(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      if (roomId !== undefined && !upstream.roomIds.has(roomId)) {
        throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', { details: { roomId, problem: 'not shared' } });
      }
      this.count(session);
      await this.mutes.wish(session, upstream, { kind, muted, roomId });
      await this.mutes.announce(session, upstream, roomId === undefined ? [...upstream.roomIds] : [roomId]);
      return {};
    });
  }

  /** Every member of the stream's rooms is notified. */
  private count({ ref: { appId, userId } }: ClientSession): void {
    if (!this.rates.take(`${appId} ${userId}`, mutesPerUserPerSecond)) {
      throw new AppError('IM_BROADCAST_MESSAGE_QPS_OVERLOAD', {
        details: { perSecond: mutesPerUserPerSecond },
      });
    }
  }
}
