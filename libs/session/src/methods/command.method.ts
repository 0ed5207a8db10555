import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { MessageSender } from '../messages/message-sender.js';
import { getSpeaker } from './speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `message.command`: to named users on all their devices, or to all members. */
@HandlesClientMethod('message.command', { emptyRoomIdError: 'IM_INCONSISTENT_ROOM_ID' })
export class CommandMethod implements MethodHandler<'message.command'> {
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
