import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import {
  appIdSchema,
  maxRecipients,
  messageCategorySchema,
  messageKindSchema,
  messagingRpc,
  newId,
  parseArgument,
  parseOrThrow,
  roomIdSchema,
  userIdSchema,
  userSchema,
} from '@polyroom/contracts';
import { z } from 'zod';
import { MessageSender, MessagingInstances, type Sent } from '@polyroom/session';
import { AdminGuard } from './admin.guard.js';
import { systemUser } from './system-user.js';

const sendBody = z.strictObject({
  kind: z.enum([...messageKindSchema.options, 'barrage']),
  category: messageCategorySchema.default('system'),
  /** Left out: the system. Need not be in the room; the same user's devices show it as their own. */
  from: userSchema.optional(),
  /** Base64 where the kind is `transparent`. */
  content: z.string(),
  /** With `command` and `transparent`; left out: everybody in the room. */
  to: z.array(userIdSchema).min(1).max(maxRecipients).optional(),
  /** The same ID again within a minute is the same message. */
  clientMessageId: z.string().min(1).max(64).optional(),
});

/** What application servers say in rooms. */
@Controller('v1/admin/apps/:appId/rooms/:roomId/messages')
@UseGuards(AdminGuard)
export class MessagesController {
  constructor(
    private readonly instances: MessagingInstances,
    private readonly sender: MessageSender,
  ) {}

  @Post()
  async send(
    @Param('appId') appIdText: string,
    @Param('roomId') roomIdText: string,
    @Body() body: unknown,
  ): Promise<Sent | { messageId: string }> {
    const { kind, from = systemUser, to, clientMessageId, ...rest } = parseOrThrow(sendBody, body);
    const message = {
      ...rest,
      appId: parseArgument('appId', z.coerce.number().pipe(appIdSchema), appIdText),
      roomId: parseArgument('roomId', roomIdSchema, roomIdText),
      from,
      viaServer: true,
    };
    const { appId } = message;
    await this.instances.ask(messagingRpc.countServerMessage, { appId }, { appId });
    if (kind === 'barrage') {
      return this.instances.ask(messagingRpc.sendBarrage, message, message);
    }
    return this.sender.send({
      ...message,
      kind,
      ...(to === undefined || kind === 'broadcast' ? {} : { to }),
      clientMessageId: clientMessageId ?? newId('message'),
    });
  }
}
