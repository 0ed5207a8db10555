import { AppError, type ClientParams, type ClientResult } from '@polyroom/contracts';
import { BannedAddresses } from '../session/banned-addresses.js';
import { SessionLifecycle } from '../session/session-lifecycle.js';
import { SessionResumer } from '../session/session-resumer.js';
import { SessionTokens } from '../session/session-tokens.js';
import { type MethodHandler, type MethodRequest } from './method-handler.js';
import { HandlesClientMethod } from './handles-client-method.js';

/** `session.resume`: the socket takes over a session, with all its rooms, from one that broke. */
@HandlesClientMethod('session.resume')
export class ResumeMethod implements MethodHandler<'session.resume'> {
  constructor(
    private readonly resumer: SessionResumer,
    private readonly lifecycle: SessionLifecycle,
    private readonly tokens: SessionTokens,
    private readonly bannedAddresses: BannedAddresses,
  ) {}

  async handle(
    request: MethodRequest,
    params: ClientParams<'session.resume'>,
  ): Promise<ClientResult<'session.resume'>> {
    const { slot } = request;
    if (slot.session !== undefined || slot.transition !== undefined) {
      throw new AppError('COMMON_ILLEGAL_PARAM', { details: { problem: 'this socket has a session' } });
    }
    const { session, result, activate } = await slot.open(() => this.resumer.resume(request, params));
    request.afterReply(() => {
      activate();
      this.tokens.handleResumed(session);
      this.bannedAddresses.watch(session);
      // All its rooms may have been closed meanwhile.
      void this.lifecycle.endIfIdle(session);
    });
    return result;
  }
}
