import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, maxMessagesAtOnce, messagingRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';

/** `message.history`: what a member missed in a room. */
@Injectable()
export class MessageHistoryMethod implements MethodHandler<'message.history'> {
  readonly method = 'message.history';
  readonly emptyRoomIdError = 'IM_INCONSISTENT_ROOM_ID';

  constructor(private readonly bus: Bus) {}

  async handle(
    request: MethodRequest,
    { roomId, limit, ...query }: ClientParams<'message.history'>,
  ): Promise<ClientResult<'message.history'>> {
    const session = getSession(request);
    session.getMembership(roomId, 'IM_INCONSISTENT_ROOM_ID');
    const { appId, userId } = session.ref;
    return this.bus.request(messagingRpc.readHistory, {
      ...query,
      appId,
      roomId,
      userId,
      limit: limit ?? maxMessagesAtOnce,
    });
  }
}
