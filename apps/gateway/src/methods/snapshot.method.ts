import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, roomRpc } from '@polyroom/contracts';
import { withoutOwn } from '../session/session-resumer.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';

/** `room.getSnapshot`: the room as it is, for a client that has missed facts. */
@Injectable()
export class SnapshotMethod implements MethodHandler<'room.getSnapshot'> {
  readonly method = 'room.getSnapshot';

  constructor(private readonly bus: Bus) {}

  async handle(
    request: MethodRequest,
    { roomId }: ClientParams<'room.getSnapshot'>,
  ): Promise<ClientResult<'room.getSnapshot'>> {
    const session = getSession(request);
    const { epoch } = session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    const { snapshots } = await this.bus.request(roomRpc.readMemberRooms, {
      session: session.ref,
      rooms: [{ roomId, epoch }],
    });
    const [snapshot] = snapshots;
    if (snapshot === undefined) {
      throw new AppError('ROOM_ROOMID_INCORRECT', { details: { roomId } });
    }
    return withoutOwn(session, snapshot);
  }
}
