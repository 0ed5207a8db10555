import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { HistoryHandler } from './history.handler.js';

/** Reading stored messages. */
@Module({
  imports: [EntitlementsModule],
  controllers: [HistoryHandler],
})
export class HistoryModule {}
