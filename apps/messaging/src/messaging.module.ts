import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus, EntitlementCache } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { HistoryHandler } from './history/history.handler.js';
import { AppServers } from './hooks/app-servers.js';
import { type Hooks } from './hooks/hooks.js';
import { MessageLog } from './log/message-log.js';
import { Presence } from './presence.js';
import { BarrageHandler } from './send/barrage.handler.js';
import { ServerMessagesHandler } from './send/server-messages.handler.js';
import { RateLimiter } from './send/rate-limiter.js';
import { SendHandler } from './send/send.handler.js';
import { SendRules } from './send/send-rules.js';
import { UpdatesHandler } from './send/updates.handler.js';

/** Dependencies of the service. */
export interface MessagingParts {
  bus: Bus;
  log: MessageLog;
  hooks: Hooks;
  logger: Logger;
  /** Unique among the instances of the service. */
  instanceId: string;
}

@Module({})
export class MessagingModule {
  static register({ bus, log, hooks, logger, instanceId }: MessagingParts): DynamicModule {
    const appServers = new AppServers(hooks, logger);
    return {
      module: MessagingModule,
      imports: [HealthModule.register({ checks: { bus: () => bus.ping() } })],
      controllers: [SendHandler, ServerMessagesHandler, BarrageHandler, UpdatesHandler, HistoryHandler],
      providers: [
        { provide: MessageLog, useValue: log },
        { provide: EntitlementCache, useValue: new EntitlementCache(bus) },
        { provide: RateLimiter, useValue: new RateLimiter() },
        { provide: AppServers, useValue: appServers },
        { provide: Presence, useValue: new Presence(bus, instanceId, appServers.moderatedAppIds) },
        SendRules,
      ],
    };
  }
}
