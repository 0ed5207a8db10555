import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.resume`: the client has made its receivers, the packets may come. */
@HandlesClientMethod('stream.resume')
export class ResumePlayMethod implements MethodHandler<'stream.resume'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    { streamId }: ClientParams<'stream.resume'>,
  ): Promise<ClientResult<'stream.resume'>> {
    const session = getSession(request);
    return session.runForPlayer(streamId, () =>
      session.runForDownlink(streamId, async () => {
        if (!session.downlinks.has(streamId)) {
          throw new AppError('PLAYER_STREAM_WAS_NOT_PLAYED', { details: { streamId } });
        }
        return this.bus.requestNode(mediaRpc.resumeDownlink, session.nodeId, {
          session: session.ref,
          streamId,
        });
      }),
    );
  }
}
