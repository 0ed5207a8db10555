import { Module } from '@nestjs/common';
import { MessagesModule } from '@polyroom/session';
import { BansController } from './bans.controller.js';
import { MembersController } from './members.controller.js';
import { MessagesController } from './messages.controller.js';
import { MutesController } from './mutes.controller.js';
import { RoomsController } from './rooms.controller.js';
import { StreamsController } from './streams.controller.js';
import { TransfersController } from './transfers.controller.js';

/** Rooms, and the users, streams and messages in them. */
@Module({
  imports: [MessagesModule],
  controllers: [
    BansController,
    MembersController,
    MessagesController,
    MutesController,
    RoomsController,
    StreamsController,
    TransfersController,
  ],
})
export class RoomsModule {}
