import { Module } from '@nestjs/common';
import { RoomFactsModule } from '../room-facts.module.js';
import { StreamsHandler } from './streams.handler.js';

/** Claims of stream IDs, and their shares in rooms. */
@Module({
  imports: [RoomFactsModule],
  controllers: [StreamsHandler],
})
export class StreamsModule {}
