import { Module } from '@nestjs/common';
import { RoomFacts } from './room-facts.js';

/** Publishing the facts of rooms. */
@Module({ providers: [RoomFacts], exports: [RoomFacts] })
export class RoomFactsModule {}
