import { Injectable } from '@nestjs/common';
import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { MessageSender } from '../messages/message-sender.js';
import { getSpeaker } from '../messages/speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';

/** `message.command`: to named users on all their devices, or to everybody. */
@Injectable()
export class CommandMethod implements MethodHandler<'message.command'> {
  readonly method = 'message.command';
  readonly emptyRoomIdError = 'IM_INCONSISTENT_ROOM_ID';

  constructor(private readonly sender: MessageSender) {}

  async handle(
    request: MethodRequest,
    { roomId, content, to, clientMessageId }: ClientParams<'message.command'>,
  ): Promise<ClientResult<'message.command'>> {
    const session = getSpeaker(request, roomId);
    return this.sender.sendNumbered({
      appId: session.ref.appId,
      roomId,
      from: session.options.user,
      kind: 'command',
      category: 'chat',
      content,
      ...(to.length === 0 ? {} : { to }),
      clientMessageId,
    });
  }
}
