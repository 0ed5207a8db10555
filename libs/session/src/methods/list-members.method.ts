import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, roomAdminRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `room.listMembers`: who is in a room, page by page. */
@HandlesClientMethod('room.listMembers')
export class ListMembersMethod implements MethodHandler<'room.listMembers'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    { roomId, cursor }: ClientParams<'room.listMembers'>,
  ): Promise<ClientResult<'room.listMembers'>> {
    const session = getSession(request);
    session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    const { appId } = session.ref;
    return this.bus.request(roomAdminRpc.listMembers, {
      appId,
      roomId,
      ...(cursor === undefined ? {} : { cursor }),
    });
  }
}
