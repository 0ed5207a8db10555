import { type ClientResult } from '@polyroom/contracts';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `session.ping`: browsers do not show WebSocket pings to pages, which could not detect a dead socket otherwise. */
@HandlesClientMethod('session.ping')
export class PingMethod implements MethodHandler<'session.ping'> {
  async handle(request: MethodRequest): Promise<ClientResult<'session.ping'>> {
    getSession(request);
    return {};
  }
}
