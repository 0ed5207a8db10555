import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.limit`: what the client receives of a stream that it plays. */
@HandlesClientMethod('stream.limit')
export class LimitMethod implements MethodHandler<'stream.limit'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    params: ClientParams<'stream.limit'>,
  ): Promise<ClientResult<'stream.limit'>> {
    const session = getSession(request);
    const { streamId } = params;
    return session.runForPlayer(streamId, () =>
      session.runForDownlink(streamId, async () => {
        if (!session.downlinks.has(streamId)) {
          throw new AppError('PLAYER_STREAM_WAS_NOT_PLAYED', { details: { streamId } });
        }
        return this.bus.requestNode(mediaRpc.limitDownlink, session.nodeId, {
          session: session.ref,
          ...params,
        });
      }),
    );
  }
}
