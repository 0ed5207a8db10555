import { KeyedQueue } from '@polyroom/async';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  type ClientParams,
  type ClientResult,
  hasRight,
  messagingRpc,
  roomAdminRpc,
} from '@polyroom/contracts';
import { toAttributeUpdate, withValues } from '../messages/attribute-update.js';
import { MessagingInstances } from '../messages/messaging-instances.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `room.setAttributes`: changes what the members of a room have noted for each other. */
@HandlesClientMethod('room.setAttributes')
export class SetAttributesMethod implements MethodHandler<'room.setAttributes'> {
  /** The last change of a session wins, also where moderation takes longer over an earlier one. */
  private readonly permitted = new KeyedQueue();

  constructor(
    private readonly bus: Bus,
    private readonly instances: MessagingInstances,
  ) {}

  handle(
    request: MethodRequest,
    { roomId, changes }: ClientParams<'room.setAttributes'>,
  ): Promise<ClientResult<'room.setAttributes'>> {
    const session = getSession(request);
    const { epoch, grants } = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    if (!hasRight(grants, roomId, 'attributes')) {
      throw new AppError('COMMON_APP_ACCESS_DENIED', { details: { roomId, right: 'attributes' } });
    }
    const { appId } = session.ref;
    const room = { appId, roomId };
    const update = { ...room, ...toAttributeUpdate(session.options.user, changes) };
    const permit = this.instances.ask(messagingRpc.permitUpdate, room, update);
    // A refusal is reported in its turn below; until then it is not an unhandled rejection.
    permit.catch(() => {});
    return this.permitted.run(`${session.sessionId} ${roomId}`, async () => {
      const { contents } = await permit;
      const { attributes } = await this.bus.request(roomAdminRpc.setRoomAttributes, {
        ...room,
        session: session.ref,
        epoch,
        changes: withValues(changes, contents),
      });
      return { attributes };
    });
  }
}
