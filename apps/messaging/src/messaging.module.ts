import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus, EntitlementCache, MessageLog } from '@polyroom/bus';
import { HealthModule } from '@polyroom/observability';
import { BroadcastHandler } from './broadcast/broadcast.handler.js';
import { RateLimiter } from './rate-limiter.js';

@Module({})
export class MessagingModule {
  static register(bus: Bus, log: MessageLog): DynamicModule {
    return {
      module: MessagingModule,
      imports: [HealthModule.register({ checks: { bus: () => bus.ping() } })],
      controllers: [BroadcastHandler],
      providers: [
        { provide: MessageLog, useValue: log },
        { provide: EntitlementCache, useValue: new EntitlementCache(bus) },
        { provide: RateLimiter, useValue: new RateLimiter() },
      ],
    };
  }
}
