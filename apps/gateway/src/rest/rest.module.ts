import { Module } from '@nestjs/common';
import { MessagesModule } from '@polyroom/session';
import { AdminController } from './admin.controller.js';
import { AdminGuard } from './admin.guard.js';
import { MessagesController } from './messages.controller.js';
import { MutesController } from './mutes.controller.js';
import { RecordingsController } from './recordings.controller.js';
import { RoomsController } from './rooms.controller.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** The admin API. */
@Module({
  imports: [MessagesModule],
  controllers: [AdminController, MessagesController, MutesController, RecordingsController, RoomsController],
  providers: [AdminGuard, SignInThrottle],
})
export class RestModule {}
