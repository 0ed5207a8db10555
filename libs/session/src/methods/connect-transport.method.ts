import { Bus } from '@polyroom/bus';
import { type ClientParams, type ClientResult, mediaRpc } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `transport.connect`: the DTLS parameters of one of the session's two transports. */
@HandlesClientMethod('transport.connect')
export class ConnectTransportMethod implements MethodHandler<'transport.connect'> {
  constructor(private readonly bus: Bus) {}

  handle(
    request: MethodRequest,
    params: ClientParams<'transport.connect'>,
  ): Promise<ClientResult<'transport.connect'>> {
    const session = getSession(request);
    return this.bus.requestNode(mediaRpc.connectTransport, session.nodeId, {
      session: session.ref,
      ...params,
    });
  }
}
