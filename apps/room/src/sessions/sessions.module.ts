import { Module } from '@nestjs/common';
import { RoomFactsModule } from '../room-facts.module.js';
import { RevocationsHandler } from './revocations.handler.js';
import { SessionsHandler } from './sessions.handler.js';
import { Reaper } from './reaper.js';
import { SessionEnder } from './session-ender.js';
import { TokenExpiry } from './token-expiry.js';

/** Records of sessions: heartbeats, suspension, expiry and ends. */
@Module({
  imports: [RoomFactsModule],
  controllers: [RevocationsHandler, SessionsHandler],
  providers: [Reaper, SessionEnder, TokenExpiry],
  exports: [SessionEnder],
})
export class SessionsModule {}
