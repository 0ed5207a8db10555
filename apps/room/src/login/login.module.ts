import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { EventsModule } from '../events/events.module.js';
import { RoomFactsModule } from '../room-facts.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { LoginHandler } from './login.handler.js';
import { AddressBans } from './address-bans.js';
import { AppQuotas } from './app-quotas.js';
import { StaleCounts } from './stale-counts.js';

/** Admission to rooms: entitlements, bans, quotas, limits. */
@Module({
  imports: [EntitlementsModule, EventsModule, RoomFactsModule, SessionsModule],
  controllers: [LoginHandler],
  providers: [AddressBans, AppQuotas, StaleCounts],
  exports: [AddressBans, AppQuotas],
})
export class LoginModule {}
