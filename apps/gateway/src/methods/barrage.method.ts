import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, messagingRpc } from '@polyroom/contracts';
import { getSpeaker } from '../messages/speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';

/** `message.barrage`: a message that may be lost. */
@Injectable()
export class BarrageMethod implements MethodHandler<'message.barrage'> {
  readonly method = 'message.barrage';
  readonly emptyRoomIdError = 'IM_INCONSISTENT_ROOM_ID';

  constructor(private readonly bus: Bus) {}

  async handle(
    request: MethodRequest,
    { roomId, content }: ClientParams<'message.barrage'>,
  ): Promise<ClientResult<'message.barrage'>> {
    const session = getSpeaker(request, roomId);
    return this.bus.request(messagingRpc.sendBarrage, {
      appId: session.ref.appId,
      roomId,
      from: session.options.user,
      category: 'chat',
      content,
    });
  }
}
