import { type ClientResult } from '@polyroom/contracts';
import { SessionMover } from '../session/session-mover.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `media.renew`: the client's media does not connect. It gets other transports with `media.moved`. */
@HandlesClientMethod('media.renew')
export class RenewMediaMethod implements MethodHandler<'media.renew'> {
  constructor(private readonly mover: SessionMover) {}

  async handle(request: MethodRequest): Promise<ClientResult<'media.renew'>> {
    await this.mover.renew(getSession(request));
    return {};
  }
}
