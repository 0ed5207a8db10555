import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, roomRpc, streamMoved } from '@polyroom/contracts';
import { assertMaySend } from '../session/publish-rights.js';
import { UpstreamMutes } from '../session/upstream-mutes.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.republish`: after a move the stream is produced in its new place, and all who play it go there. */
@HandlesClientMethod('stream.republish')
export class RepublishMethod implements MethodHandler<'stream.republish'> {
  constructor(
    private readonly bus: Bus,
    private readonly mutes: UpstreamMutes,
  ) {}

  handle(
    request: MethodRequest,
    { streamId }: ClientParams<'stream.republish'>,
  ): Promise<ClientResult<'stream.republish'>> {
    const session = getSession(request);
    return session.runForUpstream(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      assertMaySend(session, upstream);
      const { channel } = upstream;
      const { nodeId } = session;
      await this.mutes.repeat(session, upstream);
      await this.bus.request(roomRpc.claimStream, { session: session.ref, nodeId, streamId, channel });
      this.bus.publish(streamMoved, {}, { appId: session.ref.appId, streamId, nodeId });
      return {};
    });
  }
}
