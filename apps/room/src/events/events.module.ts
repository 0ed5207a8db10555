import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { EventDrain } from './event-drain.js';
import { EventsHandler } from './events.handler.js';
import { LimitEvents } from './limit-events.js';

/** The event log of AppIDs. */
@Module({
  imports: [EntitlementsModule],
  controllers: [EventsHandler],
  providers: [EventDrain, LimitEvents],
  exports: [EventDrain, LimitEvents],
})
export class EventsModule {}
