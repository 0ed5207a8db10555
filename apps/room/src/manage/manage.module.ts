import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { EventsModule } from '../events/events.module.js';
import { LoginModule } from '../login/login.module.js';
import { RoomFactsModule } from '../room-facts.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { StreamsModule } from '../streams/streams.module.js';
import { AppsHandler } from './apps.handler.js';
import { BanQuota } from './ban-quota.js';
import { BansHandler } from './bans.handler.js';
import { MemberRemoval } from './member-removal.js';
import { DirectoryHandler } from './directory.handler.js';
import { HeldSessionsHandler } from './held-sessions.handler.js';
import { MembersHandler } from './members.handler.js';
import { RoomCloser } from './room-closer.js';
import { RoomsHandler } from './rooms.handler.js';

/** Rooms and members under the control of operators and application servers. */
@Module({
  imports: [EntitlementsModule, EventsModule, LoginModule, RoomFactsModule, SessionsModule, StreamsModule],
  controllers: [
    AppsHandler,
    DirectoryHandler,
    HeldSessionsHandler,
    BansHandler,
    MembersHandler,
    RoomsHandler,
  ],
  providers: [BanQuota, MemberRemoval, RoomCloser],
})
export class ManageModule {}
