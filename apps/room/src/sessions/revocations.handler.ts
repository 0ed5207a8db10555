import { Controller } from '@nestjs/common';
import { OnEvent } from '@polyroom/nest-service';
import { type PayloadOf, tokensRevoked } from '@polyroom/contracts';
import { SuspendedSessions } from './suspended-sessions.js';
import { TokenExpiry } from './token-expiry.js';

/** Revoked tokens of sessions without a socket. */
@Controller()
export class RevocationsHandler {
  constructor(
    private readonly sessions: SuspendedSessions,
    private readonly expiry: TokenExpiry,
  ) {}

  @OnEvent(tokensRevoked)
  handleRevoked({ appId, revocation }: PayloadOf<typeof tokensRevoked>): void {
    const { userId } = revocation;
    this.sessions.visit({ appId, userId }, (session) => this.expiry.revoke(session, revocation));
  }
}
