import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { HistoryHandler } from './history.handler.js';
import { PurgeHandler } from './purge.handler.js';

/** Reading and purging stored messages. */
@Module({
  imports: [EntitlementsModule],
  controllers: [HistoryHandler, PurgeHandler],
})
export class HistoryModule {}
