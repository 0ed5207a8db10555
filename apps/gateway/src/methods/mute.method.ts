import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';

/** `stream.mute`: keeps one kind of an own stream from one room, or from all of them. */
@Injectable()
export class MuteMethod implements MethodHandler<'stream.mute'> {
  readonly method = 'stream.mute';
  readonly emptyRoomIdError = 'PUBLISHER_PUBLISH_WITH_ROOM_ID_IS_NULL';

  constructor(private readonly bus: Bus) {}

  handle(request: MethodRequest, params: ClientParams<'stream.mute'>): Promise<ClientResult<'stream.mute'>> {
    const session = getSession(request);
    const { kind, muted, roomId, streamId } = params;
    return session.publishQueue.run(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      if (roomId !== undefined && !upstream.roomIds.has(roomId)) {
        throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', { details: { roomId, problem: 'not shared' } });
      }
      await this.bus.requestNode(mediaRpc.muteUpstream, session.options.nodeId, {
        session: session.ref,
        ...params,
      });
      const kinds = upstream.mutes.get(roomId ?? '') ?? new Set();
      if (muted) {
        kinds.add(kind);
      } else {
        kinds.delete(kind);
      }
      upstream.mutes.set(roomId ?? '', kinds);
      return {};
    });
  }
}
