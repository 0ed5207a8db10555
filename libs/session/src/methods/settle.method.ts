import { type ClientResult } from '@polyroom/contracts';
import { SessionMover } from '../session/session-mover.js';
import { getSession, type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `media.settle`: the client runs over the transports of `media.moved`. Idempotent. */
@HandlesClientMethod('media.settle')
export class SettleMethod implements MethodHandler<'media.settle'> {
  constructor(private readonly mover: SessionMover) {}

  async handle(request: MethodRequest): Promise<ClientResult<'media.settle'>> {
    await this.mover.settle(getSession(request));
    return {};
  }
}
