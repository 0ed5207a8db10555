import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { HealthModule, UsageModule } from '@polyroom/nest-service';
import { HistoryModule } from './history/history.module.js';
import { AppServers } from './hooks/app-servers.js';
import { type Hooks } from './hooks/hooks.js';
import { HooksModule } from './hooks/hooks.module.js';
import { LogModule } from './log/log.module.js';
import { type MessageLog } from './log/message-log.js';
import { Presence } from './presence.js';
import { SendModule } from './send/send.module.js';

/** Dependencies of the service. */
export interface MessagingParts {
  bus: Bus;
  log: MessageLog;
  hooks: Hooks;
  usageIntervalMs: number;
  /** Unique among the instances of the service. */
  instanceId: string;
}

@Module({})
export class MessagingModule {
  static register({ bus, log, hooks, instanceId, usageIntervalMs }: MessagingParts): DynamicModule {
    return {
      module: MessagingModule,
      imports: [
        HealthModule.register({ checks: { bus: () => bus.ping(), jetStream: () => log.ping() } }),
        LogModule.forRoot(log),
        HooksModule.forRoot(hooks),
        HistoryModule,
        SendModule,
        UsageModule.register(usageIntervalMs),
      ],
      providers: [
        {
          provide: Presence,
          inject: [AppServers],
          useFactory: ({ moderatedAppIds }: AppServers) => new Presence(bus, instanceId, moderatedAppIds),
        },
      ],
    };
  }
}
