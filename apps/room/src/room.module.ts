import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { type RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from './config.js';
import { EventsModule } from './events/events.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { LoginModule } from './login/login.module.js';
import { LogoutModule } from './logout/logout.module.js';
import { ManageModule } from './manage/manage.module.js';
import { ReconcileModule } from './reconcile/reconcile.module.js';
import { ResumeModule } from './resume/resume.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SnapshotModule } from './snapshot/snapshot.module.js';
import { StoreModule } from './store.module.js';
import { StreamsModule } from './streams/streams.module.js';

@Module({})
export class RoomModule {
  static register(config: RoomConfig, bus: Bus, store: RoomStore): DynamicModule {
    return {
      module: RoomModule,
      imports: [
        StoreModule.forRoot(config, store),
        HealthModule.register({ checks: { bus: () => bus.ping(), redis: () => store.ping() } }),
        EventsModule,
        IdempotencyModule,
        LoginModule,
        LogoutModule,
        ManageModule,
        ReconcileModule,
        ResumeModule,
        SessionsModule,
        SnapshotModule,
        StreamsModule,
      ],
    };
  }
}
