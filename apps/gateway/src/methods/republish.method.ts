import { Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, mediaRpc, roomRpc, streamMoved } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';

/** `stream.republish`: after a move the stream is produced in its new place, and all who play it go there. */
@Injectable()
export class RepublishMethod implements MethodHandler<'stream.republish'> {
  readonly method = 'stream.republish';

  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    { streamId }: ClientParams<'stream.republish'>,
  ): Promise<ClientResult<'stream.republish'>> {
    const session = getSession(request);
    return session.publishQueue.run(streamId, async () => {
      const { channel, mutes } = session.getUpstream(streamId);
      const { nodeId } = session.options;
      for (const [roomId, kinds] of mutes) {
        for (const kind of kinds) {
          await this.bus.requestNode(mediaRpc.muteUpstream, nodeId, {
            session: session.ref,
            streamId,
            kind,
            muted: true,
            ...(roomId === '' ? {} : { roomId }),
          });
        }
      }
      await this.bus.request(roomRpc.claimStream, { session: session.ref, nodeId, streamId, channel });
      this.bus.publish(streamMoved, {}, { appId: session.ref.appId, streamId, nodeId });
      return {};
    });
  }
}
