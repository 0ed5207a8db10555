import { Injectable } from '@nestjs/common';
import { AppError, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { UpstreamMutes } from '../session/upstream-mutes.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';

/** `stream.mute`: keeps one kind of an own stream from one room, or from all. An operator's mute stays. */
@Injectable()
export class MuteMethod implements MethodHandler<'stream.mute'> {
  readonly method = 'stream.mute';
  readonly emptyRoomIdError = 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL';

  constructor(private readonly mutes: UpstreamMutes) {}

  handle(request: MethodRequest, params: ClientParams<'stream.mute'>): Promise<ClientResult<'stream.mute'>> {
    const session = getSession(request);
    const { kind, muted, roomId, streamId } = params;
    return session.publishQueue.run(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      if (roomId !== undefined && !upstream.roomIds.has(roomId)) {
        throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', { details: { roomId, problem: 'not shared' } });
      }
      await this.mutes.wish(session, upstream, { kind, muted, roomId });
      return {};
    });
  }
}
