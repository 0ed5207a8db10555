import { Bus } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { assertMaySend } from '../session/publish-rights.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.produce`: one track of a claimed stream. */
@HandlesClientMethod('stream.produce')
export class ProduceMethod implements MethodHandler<'stream.produce'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    params: ClientParams<'stream.produce'>,
  ): Promise<ClientResult<'stream.produce'>> {
    const session = getSession(request);
    const { streamId, kind } = params;
    return session.runForTrack(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      assertMaySend(session, upstream);
      if (upstream.isData) {
        throw new AppError('MEDIA_PARAMETERS_INVALID', { details: { problem: 'the stream is one of data' } });
      }
      const reply = await this.bus.requestNode(mediaRpc.produce, session.nodeId, {
        session: session.ref,
        ...params,
      });
      session.addKind(streamId, kind);
      return reply;
    });
  }
}
