import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { withoutOwn } from '../session/session-resumer.js';
import { SessionRooms } from '../session/session-rooms.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `room.getSnapshot`: the room as it is, for a client that has missed facts. */
@HandlesClientMethod('room.getSnapshot')
export class SnapshotMethod implements MethodHandler<'room.getSnapshot'> {
  constructor(private readonly rooms: SessionRooms) {}

  async handle(
    request: MethodRequest,
    { roomId }: ClientParams<'room.getSnapshot'>,
  ): Promise<ClientResult<'room.getSnapshot'>> {
    const session = getSession(request);
    const membership = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    return withoutOwn(session, await this.rooms.readRoom(session, membership));
  }
}
