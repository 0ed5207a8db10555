import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, hasRight, roomAdminRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `room.setAttributes`: changes what the members of a room have noted for each other. */
@HandlesClientMethod('room.setAttributes')
export class SetAttributesMethod implements MethodHandler<'room.setAttributes'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    { roomId, changes }: ClientParams<'room.setAttributes'>,
  ): Promise<ClientResult<'room.setAttributes'>> {
    const session = getSession(request);
    const { epoch, grants } = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    if (!hasRight(grants, roomId, 'message')) {
      throw new AppError('ROOM_AUTHENTICATION_FAILED', { details: { roomId, right: 'message' } });
    }
    const { appId } = session.ref;
    return this.bus.request(roomAdminRpc.setRoomAttributes, {
      appId,
      roomId,
      session: session.ref,
      epoch,
      changes,
    });
  }
}
