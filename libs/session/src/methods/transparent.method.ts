import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { MessageSender } from '../messages/message-sender.js';
import { getSpeaker } from './speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `message.transparent`: bytes to members, to the application's server, or to both. */
@HandlesClientMethod('message.transparent', { emptyRoomIdError: 'IM_INCONSISTENT_ROOM_ID' })
export class TransparentMethod implements MethodHandler<'message.transparent'> {
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
