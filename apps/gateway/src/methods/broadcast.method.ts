import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, hasRight, messagingRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';

/** `message.broadcast`: a message to everybody else in one of the session's rooms. */
@Injectable()
export class BroadcastMethod implements MethodHandler<'message.broadcast'> {
  readonly method = 'message.broadcast';
  readonly emptyRoomIdError = 'IM_INCONSISTENT_ROOM_ID';

  constructor(private readonly bus: Bus) {}

  async handle(
    request: MethodRequest,
    { roomId, content, clientMessageId }: ClientParams<'message.broadcast'>,
  ): Promise<ClientResult<'message.broadcast'>> {
    const session = getSession(request);
    const { grants } = session.getMembership(roomId, 'IM_INCONSISTENT_ROOM_ID');
    if (content.length === 0) {
      throw new AppError('IM_CONTENT_NULL');
    }
    if (!hasRight(grants, roomId, 'message')) {
      throw new AppError('COMMON_APP_ACCESS_DENIED', { details: { roomId, right: 'message' } });
    }
    return this.bus.request(messagingRpc.sendBroadcast, {
      appId: session.ref.appId,
      roomId,
      from: session.options.user,
      content,
      clientMessageId,
    });
  }
}
