import { type ClientParams, type ClientResult } from '@polyroom/contracts';
import { Playbacks } from '../session/playbacks.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `stream.stopPlay`: takes one binding away, or the whole downlink. Idempotent. */
@HandlesClientMethod('stream.stopPlay')
export class StopPlayMethod implements MethodHandler<'stream.stopPlay'> {
  constructor(private readonly playbacks: Playbacks) {}

  handle(
    request: MethodRequest,
    { streamId, roomId }: ClientParams<'stream.stopPlay'>,
  ): Promise<ClientResult<'stream.stopPlay'>> {
    const session = getSession(request);
    return session.runForPlayer(streamId, () => this.playbacks.stop(session, streamId, roomId));
  }
}
