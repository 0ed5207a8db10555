import { Module } from '@nestjs/common';
import { RoomFactsModule } from '../room-facts.module.js';
import { MutesHandler } from './mutes.handler.js';
import { StreamsHandler } from './streams.handler.js';

/** Claims of stream IDs, their shares in rooms, and mutes by operators. */
@Module({
  imports: [RoomFactsModule],
  controllers: [MutesHandler, StreamsHandler],
})
export class StreamsModule {}
