import { Inject } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';
import { AppError, type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { assertMaySend } from '../session/publish-rights.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.produceData`: what a data stream, which has been claimed, is sent through. */
@HandlesClientMethod('stream.produceData')
export class ProduceDataMethod implements MethodHandler<'stream.produceData'> {
  constructor(
    private readonly bus: Bus,
    @Inject(EntitlementCache) private readonly entitlements: EntitlementCache,
  ) {}

  handle(
    request: MethodRequest,
    params: ClientParams<'stream.produceData'>,
  ): Promise<ClientResult<'stream.produceData'>> {
    const session = getSession(request);
    const { streamId } = params;
    return session.runForUpstream(streamId, async () => {
      const upstream = session.getUpstream(streamId);
      assertMaySend(session, upstream);
      if (!upstream.isData) {
        throw new AppError('IM_NO_AVAILABLE_STREAM_ID', { details: { streamId } });
      }
      const { dataMessagesPerSecond: messagesPerSecond } = await this.entitlements.get(
        session.ref.appId,
        session.ref.userId,
      );
      const reply = await this.bus.requestNode(mediaRpc.produceData, session.nodeId, {
        session: session.ref,
        ...params,
        messagesPerSecond,
      });
      session.addKind(streamId, 'data');
      return { ...reply, messagesPerSecond };
    });
  }
}
