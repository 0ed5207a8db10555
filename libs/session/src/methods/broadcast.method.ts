import { AppError, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { MessageSender } from '../messages/message-sender.js';
import { getSpeaker } from './speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `message.broadcast`: a message to all members of one of the session's rooms. */
@HandlesClientMethod('message.broadcast', { emptyRoomIdError: 'IM_INCONSISTENT_ROOM_ID' })
export class BroadcastMethod implements MethodHandler<'message.broadcast'> {
  constructor(private readonly sender: MessageSender) {}

  async handle(
    request: MethodRequest,
    { roomId, content, clientMessageId }: ClientParams<'message.broadcast'>,
  ): Promise<ClientResult<'message.broadcast'>> {
    const session = getSpeaker(request, roomId);
    if (content.length === 0) {
      throw new AppError('IM_CONTENT_NULL');
    }
    return this.sender.sendNumbered({
      appId: session.ref.appId,
      roomId,
      from: session.options.user,
      kind: 'broadcast',
      category: 'chat',
      content,
      clientMessageId,
    });
  }
}
