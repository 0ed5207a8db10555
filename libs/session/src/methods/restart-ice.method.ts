import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `transport.restartIce`: the client has another network. */
@HandlesClientMethod('transport.restartIce')
export class RestartIceMethod implements MethodHandler<'transport.restartIce'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    params: ClientParams<'transport.restartIce'>,
  ): Promise<ClientResult<'transport.restartIce'>> {
    const session = getSession(request);
    return this.bus.requestNode(mediaRpc.restartIce, session.nodeId, {
      session: session.ref,
      ...params,
    });
  }
}
