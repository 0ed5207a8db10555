import { Module } from '@nestjs/common';
import { RoomFactsModule } from '../room-facts.module.js';
import { BannedAddressesHandler } from './banned-addresses.handler.js';
import { GatewayCheck } from './gateway-check.js';
import { RevocationsHandler } from './revocations.handler.js';
import { SessionsHandler } from './sessions.handler.js';
import { Reaper } from './reaper.js';
import { SessionEnder } from './session-ender.js';
import { SuspendedSessions } from './suspended-sessions.js';
import { TokenExpiry } from './token-expiry.js';

/** Records of sessions: heartbeats, suspension, expiry and ends. */
@Module({
  imports: [RoomFactsModule],
  controllers: [BannedAddressesHandler, RevocationsHandler, SessionsHandler],
  providers: [GatewayCheck, Reaper, SessionEnder, SuspendedSessions, TokenExpiry],
  exports: [GatewayCheck, SessionEnder],
})
export class SessionsModule {}
