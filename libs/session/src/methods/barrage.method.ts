import { type ClientParams, type ClientResult, messagingRpc } from '@polyroom/contracts';
import { MessagingInstances } from '../messages/messaging-instances.js';
import { getSpeaker } from './speaker.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `message.barrage`: a message that may be lost. */
@HandlesClientMethod('message.barrage', { emptyRoomIdError: 'IM_INCONSISTENT_ROOM_ID' })
export class BarrageMethod implements MethodHandler<'message.barrage'> {
  constructor(private readonly instances: MessagingInstances) {}

  async handle(
    request: MethodRequest,
    { roomId, content }: ClientParams<'message.barrage'>,
  ): Promise<ClientResult<'message.barrage'>> {
    const session = getSpeaker(request, roomId);
    const { appId } = session.ref;
    const message = { appId, roomId, from: session.options.user, category: 'chat' as const, content };
    return this.instances.ask(messagingRpc.sendBarrage, message, message);
  }
}
