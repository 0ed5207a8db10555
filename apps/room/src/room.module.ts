import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus, EntitlementCache } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from './config.js';
import { AddressBans } from './login/address-bans.js';
import { AppQuotas } from './login/app-quotas.js';
import { LoginHandler } from './login/login.handler.js';
import { LogoutHandler } from './logout/logout.handler.js';
import { MembersHandler } from './manage/members.handler.js';
import { RoomsHandler } from './manage/rooms.handler.js';
import { ReconcileHandler } from './reconcile/reconcile.handler.js';
import { RoomChecker } from './reconcile/room-checker.js';
import { ResumeHandler } from './resume/resume.handler.js';
import { RoomFacts } from './room-facts.js';
import { Reaper } from './sessions/reaper.js';
import { SessionEnder } from './sessions/session-ender.js';
import { SessionsHandler } from './sessions/sessions.handler.js';
import { TokenExpiry } from './sessions/token-expiry.js';
import { SnapshotHandler } from './snapshot/snapshot.handler.js';
import { StreamsHandler } from './streams/streams.handler.js';
import { configToken } from './tokens.js';

@Module({})
export class RoomModule {
  static register(config: RoomConfig, bus: Bus, store: RoomStore): DynamicModule {
    return {
      module: RoomModule,
      imports: [HealthModule.register({ checks: { bus: () => bus.ping(), redis: () => store.ping() } })],
      controllers: [
        LoginHandler,
        LogoutHandler,
        MembersHandler,
        ReconcileHandler,
        ResumeHandler,
        RoomsHandler,
        SessionsHandler,
        SnapshotHandler,
        StreamsHandler,
      ],
      providers: [
        { provide: RoomStore, useValue: store },
        { provide: EntitlementCache, useValue: new EntitlementCache(bus) },
        { provide: configToken, useValue: config },
        AddressBans,
        AppQuotas,
        Reaper,
        RoomChecker,
        RoomFacts,
        SessionEnder,
        TokenExpiry,
      ],
    };
  }
}
