import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, roomRpc } from '@polyroom/contracts';
import { Publications } from '../session/publications.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.unshare`: takes a stream out of one room; shown nowhere any more, it ends. */
@HandlesClientMethod('stream.unshare')
export class UnshareMethod implements MethodHandler<'stream.unshare'> {
  constructor(
    private readonly bus: Bus,
    private readonly publications: Publications,
  ) {}

  async handle(
    request: MethodRequest,
    { streamId, roomId }: ClientParams<'stream.unshare'>,
  ): Promise<ClientResult<'stream.unshare'>> {
    const session = getSession(request);
    session.getMembership(roomId, 'ROOM_ROOMID_INCORRECT');
    const { roomIds } = await session.runForUpstream(streamId, async () => {
      session.getUpstream(streamId);
      const reply = await this.bus.request(roomRpc.unshareStream, { session: session.ref, roomId, streamId });
      session.share(streamId, reply.roomIds);
      return reply;
    });
    if (roomIds.length === 0) {
      await this.publications.stop(session, streamId);
    }
    return { roomIds };
  }
}
