import { Module } from '@nestjs/common';
import { RateLimiter } from '@polyroom/async';
import { EntitlementsModule } from '@polyroom/nest-service';
import { BarrageHandler } from './barrage.handler.js';
import { DeletionHandler } from './deletion.handler.js';
import { MessageEvents } from './message-events.js';
import { SendHandler } from './send.handler.js';
import { ServerMessagesHandler } from './server-messages.handler.js';
import { UpdatesHandler } from './updates.handler.js';
import { SendRules } from './send-rules.js';

/** Sending and deleting messages: limits, moderation, storage. */
@Module({
  imports: [EntitlementsModule],
  controllers: [BarrageHandler, DeletionHandler, SendHandler, ServerMessagesHandler, UpdatesHandler],
  providers: [MessageEvents, RateLimiter, SendRules],
})
export class SendModule {}
