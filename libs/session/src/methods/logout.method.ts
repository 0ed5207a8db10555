import { AppError, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { SessionLifecycle } from '../session/session-lifecycle.js';
import { SessionRooms } from '../session/session-rooms.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/**
 * `room.logout`: one room, or all of them and the session. The socket stays usable. The logout of one room follows
 * the logins into it that were sent before: a client undoes a login whose answer it no longer awaits.
 */
@HandlesClientMethod('room.logout')
export class LogoutMethod implements MethodHandler<'room.logout'> {
  constructor(
    private readonly rooms: SessionRooms,
    private readonly lifecycle: SessionLifecycle,
  ) {}

  async handle(
    request: MethodRequest,
    { roomId }: ClientParams<'room.logout'>,
  ): Promise<ClientResult<'room.logout'>> {
    const { slot } = request;
    const entering = roomId === undefined ? undefined : slot.whenEntered(roomId);
    if (entering !== undefined) {
      await entering;
    }
    while (slot.transition !== undefined) {
      await slot.transition;
    }
    const { session } = slot;
    if (roomId === undefined) {
      return { roomIds: session === undefined ? [] : await slot.end(() => this.lifecycle.end(session)) };
    }
    if (session === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT', { details: { roomId } });
    }
    await this.rooms.leave(session, roomId);
    await this.lifecycle.endIfIdle(session);
    return { roomIds: [roomId] };
  }
}
