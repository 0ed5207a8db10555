import { Injectable } from '@nestjs/common';
import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { MessageSender } from '../messages/message-sender.js';
import { getSpeaker } from '../messages/speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';

/** `message.transparent`: bytes to members, to the application's server, or to both. */
@Injectable()
export class TransparentMethod implements MethodHandler<'message.transparent'> {
  readonly method = 'message.transparent';
  readonly emptyRoomIdError = 'IM_INCONSISTENT_ROOM_ID';

  constructor(private readonly sender: MessageSender) {}

  async handle(
    request: MethodRequest,
    { roomId, mode, content, to, clientMessageId }: ClientParams<'message.transparent'>,
  ): Promise<ClientResult<'message.transparent'>> {
    const session = getSpeaker(request, roomId);
    return this.sender.send({
      appId: session.ref.appId,
      roomId,
      from: session.options.user,
      kind: 'transparent',
      category: 'chat',
      mode,
      content,
      ...(to.length === 0 ? {} : { to }),
      clientMessageId,
    });
  }
}
