import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { RoomFactsModule } from '../room-facts.module.js';
import { AnnouncedStreamsHandler } from './announced-streams.handler.js';
import { MutesHandler } from './mutes.handler.js';
import { StreamListsHandler } from './stream-lists.handler.js';
import { StreamWithdrawal } from './stream-withdrawal.js';
import { StreamsHandler } from './streams.handler.js';

/** Claims of stream IDs, their shares in rooms, and mutes by operators. */
@Module({
  imports: [EntitlementsModule, RoomFactsModule],
  controllers: [AnnouncedStreamsHandler, MutesHandler, StreamListsHandler, StreamsHandler],
  providers: [StreamWithdrawal],
  exports: [StreamWithdrawal],
})
export class StreamsModule {}
