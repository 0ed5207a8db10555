import { Module } from '@nestjs/common';
import { RoomFanout } from './room-fanout.js';

/** Rooms with members in this process: their bus subscriptions and their fan-out. */
@Module({ providers: [RoomFanout], exports: [RoomFanout] })
export class RoomsModule {}
