import { createHash } from 'node:crypto';
import { Body, Controller, Delete, Get, Headers, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import {
  maxRecipients,
  messageCategorySchema,
  messageKindSchema,
  messagingRpc,
  newId,
  type ReplyOf,
  systemUser,
  textErrors,
  userIdSchema,
  userSchema,
} from '@polyroom/contracts';
import { ApiRoute, type RouteContract } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { MessageSender, MessagingInstances, type Sent } from '@polyroom/session';
import { Audited } from '../audit/audited.decorator.js';
import { Actor, AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { RepeatsSafely } from '../idempotency/repeats-safely.decorator.js';
import { limitText, messagePath, type MessagePath, roomPath, type RoomPath } from '../rest-params.js';

const sendBody = z.strictObject({
  kind: z.enum([...messageKindSchema.options, 'barrage']),
  category: messageCategorySchema.default('system'),
  /** Omitted: the system. Need not be in the room; devices of the same user show it as their own. */
  from: userSchema.optional(),
  /** Base64 if the kind is `transparent`. */
  content: z.string(),
  /** For `command` and `transparent`; omitted: all members of the room. */
  to: z.array(userIdSchema).min(1).max(maxRecipients).optional(),
  /** A repeated ID within a minute is the same message. */
  clientMessageId: z.string().min(1).max(64).optional(),
});

const listQuery = messagingRpc.listMessages.request
  .pick({ cursor: true })
  .strip()
  .extend({ limit: limitText(1000, 100) });

const sendRoute: RouteContract = {
  reply: z.union([messagingRpc.sentSchema.partial(), messagingRpc.sendBarrage.reply]),
  errors: [
    ...messagingRpc.send.errors,
    ...messagingRpc.countServerMessage.errors,
    ...textErrors.userId,
    ...textErrors.userName,
  ],
};

const deleteRoute: RouteContract = {
  reply: messagingRpc.deleteMessage.reply,
  errors: [...messagingRpc.deleteMessage.errors, ...messagingRpc.countDeletion.errors],
};

/** Messages in rooms, for application servers. */
@Controller('v1/apps/:appId/rooms/:roomId/messages')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class MessagesController {
  constructor(
    private readonly instances: MessagingInstances,
    private readonly sender: MessageSender,
  ) {}

  @Post()
  @Requires('messages:send')
  // Stored once under the ID that follows from the key. A barrage is not stored.
  @RepeatsSafely(({ kind }) => kind !== 'barrage')
  @Audited({
    action: 'message.send',
    subject: ({ params }) => `room:${params['roomId']}`,
    // Not its content.
    after: ({ body: { kind, category, from, to, content }, reply }) => ({
      kind,
      category,
      from,
      to,
      bytes: Buffer.byteLength(String(content)),
      messageId: reply?.['messageId'],
    }),
    // Application servers send many, one after the other.
    waits: false,
  })
  @ApiRoute('Sends a message as the system or a user.', sendRoute, 201)
  async send(
    @Statement() statement: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Actor() actor: string,
    @Body({ schema: sendBody }) body: z.output<typeof sendBody>,
    @Param({ schema: roomPath }) { appId, roomId }: RoomPath,
  ): Promise<Sent | { messageId: string }> {
    const { kind, from = systemUser, to, clientMessageId, ...rest } = body;
    const message = { ...rest, appId, roomId, from };
    await this.instances.ask(messagingRpc.countServerMessage, { appId }, { appId }, { statement });
    if (kind === 'barrage') {
      return this.instances.ask(messagingRpc.sendBarrage, message, message, { statement });
    }
    return this.sender.send(
      {
        ...message,
        kind,
        ...(to === undefined || kind === 'broadcast' ? {} : { to }),
        clientMessageId: clientMessageId ?? toMessageId(actor, idempotencyKey),
      },
      { statement },
    );
  }

  @Get()
  @Requires('messages:read')
  @ApiRoute('Lists the stored messages of a room, oldest first, page by page.', messagingRpc.listMessages)
  list(
    @Statement() statement: string,
    @Query({ schema: listQuery }) query: z.output<typeof listQuery>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof messagingRpc.listMessages>> {
    return this.instances.ask(messagingRpc.listMessages, room, { ...query, ...room }, { statement });
  }

  @Delete(':messageId')
  @Requires('messages:delete')
  @Audited({
    action: 'message.delete',
    subject: ({ params }) => `room:${params['roomId']}`,
    after: ({ params }) => ({ messageId: Number(params['messageId']) }),
  })
  @ApiRoute('Deletes a stored message: members remove it, and no reader gets its content.', deleteRoute)
  async delete(
    @Statement() statement: string,
    @Param({ schema: messagePath }) { appId, roomId, messageId }: MessagePath,
  ): Promise<ReplyOf<typeof messagingRpc.deleteMessage>> {
    await this.instances.ask(messagingRpc.countDeletion, { appId }, { appId }, { statement });
    const message = { appId, roomId, messageId };
    return this.instances.ask(messagingRpc.deleteMessage, message, message, { statement });
  }
}

/** A repeated request is the same message, also if its first answer was lost. */
function toMessageId(actor: string, idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined
    ? newId('message')
    : createHash('sha256').update(`${actor} ${idempotencyKey}`).digest('base64url');
}
