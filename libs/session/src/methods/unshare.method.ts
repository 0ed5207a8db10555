import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { StreamShares } from '../session/stream-shares.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.unshare`: takes a stream out of one room; shown nowhere any more, it ends. */
@HandlesClientMethod('stream.unshare')
export class UnshareMethod implements MethodHandler<'stream.unshare'> {
  constructor(private readonly shares: StreamShares) {}

  async handle(
    request: MethodRequest,
    { streamId, roomId }: ClientParams<'stream.unshare'>,
  ): Promise<ClientResult<'stream.unshare'>> {
    const session = getSession(request);
    session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    return { roomIds: await this.shares.hide(session, streamId, roomId) };
  }
}
