import { Module } from '@nestjs/common';
import { MessageSender } from './message-sender.js';
import { MessagingInstances } from './messaging-instances.js';

/** Sending to the messaging service. */
@Module({
  providers: [MessageSender, MessagingInstances],
  exports: [MessageSender, MessagingInstances],
})
export class MessagesModule {}
