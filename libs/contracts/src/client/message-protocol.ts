import { z } from 'zod';
import { wireErrorSchema } from '../errors/app-error.js';
import { barrageMessageSchema, messagePositionSchema, orderedMessageSchema } from '../events/messages.js';
import { findTextError } from '../caller-text.js';
import { roomIdSchema } from '../ids.js';
import { maxMessagesAtOnce, maxRecipients, maxRoomsOfOneSend } from './message-limits.js';

/** Chosen by the sender: a repeated ID within a minute is the same message. */
const clientMessageIdSchema = z.string().min(1).max(64);
const recipientsSchema = z
  .array(z.string('IM_USER_ID_EMPTY').superRefine(checkRecipient))
  .max(maxRecipients, 'IM_INPUT_PARAMS_LENGTH_LIMIT');

/** Acknowledged means stored: the message survives the crash of any process. */
const acknowledgedSchema = z.strictObject({
  messageId: z.number().int(),
  seq: z.number().int(),
  sentAtMs: z.number().int(),
});

function checkRecipient(userId: string, context: z.RefinementCtx): void {
  switch (findTextError('userId', userId)) {
    case undefined:
      break;
    case 'ROOM_USER_ID_NULL':
      context.addIssue({ code: 'custom', message: 'IM_USER_ID_EMPTY' });
      break;
    case 'ROOM_USER_ID_TOO_LONG':
      context.addIssue({ code: 'custom', message: 'IM_USER_ID_TOO_LONG' });
      break;
    default:
      context.addIssue({ code: 'custom', message: 'ROOM_USER_ID_INVALID_CHARACTER' });
  }
}

/** The message methods of `clientMethods`. */
export const messageMethods = {
  'message.broadcast': {
    params: z.strictObject({
      roomId: roomIdSchema,
      content: z.string(),
      clientMessageId: clientMessageIdSchema,
    }),
    result: acknowledgedSchema,
  },
  /** Sends the same broadcast message to several rooms, with one result per room. */
  'message.broadcastToRooms': {
    params: z.strictObject({
      roomIds: z.array(z.string()).min(1).max(maxRoomsOfOneSend),
      content: z.string(),
      clientMessageId: clientMessageIdSchema,
    }),
    result: z.strictObject({
      results: z.array(
        z.union([
          z.strictObject({ roomId: z.string(), sent: acknowledgedSchema }),
          z.strictObject({ roomId: z.string(), error: wireErrorSchema }),
        ]),
      ),
    }),
  },
  /** Not stored: lost if it cannot be delivered at once, and dropped first under load. */
  'message.barrage': {
    params: z.strictObject({ roomId: roomIdSchema, content: z.string() }),
    result: z.strictObject({ messageId: z.string() }),
  },
  /** To all devices of the named users; with an empty `to`, to all other members of the room. */
  'message.command': {
    params: z.strictObject({
      roomId: roomIdSchema,
      content: z.string(),
      to: recipientsSchema,
      clientMessageId: clientMessageIdSchema,
    }),
    result: acknowledgedSchema,
  },
  /** Uninterpreted bytes: to members, to the application's server, or to both. */
  'message.transparent': {
    params: z.strictObject({
      roomId: roomIdSchema,
      mode: z.enum(['clients', 'server', 'both'], 'COMMON_ILLEGAL_PARAM'),
      content: z.base64('COMMON_ILLEGAL_PARAM'),
      to: recipientsSchema,
      clientMessageId: clientMessageIdSchema,
    }),
    /** Without numbers if only the server received the message. */
    result: acknowledgedSchema.partial(),
  },
  /**
   * The messages after a position. `gone` reports that some of them are no longer stored; the remaining ones
   * are returned. Request again from the last of `messages` until `position` is reached.
   */
  'message.history': {
    params: z.strictObject({
      roomId: roomIdSchema,
      epoch: z.string().max(64),
      sinceSeq: z.number().int().min(0),
      /** `messageId` of the message with that number: a hint that shortens the search. */
      sinceMessageId: z.number().int().min(0).optional(),
      /** How long ago the client was known to be current up to `sinceSeq`. */
      awayMs: z.number().int().min(0).optional(),
      limit: z.number().int().min(1).max(maxMessagesAtOnce).optional(),
    }),
    result: z.strictObject({
      position: messagePositionSchema,
      gone: z.boolean(),
      messages: z.array(orderedMessageSchema),
    }),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** The message events of `clientEvents`. */
export const messageEvents = {
  /**
   * Messages after this position are delivered live: sent after entering a room, and after skipped numbers. A
   * client with an earlier position requests the history in between.
   */
  'message.position': z.strictObject({ roomId: roomIdSchema, position: messagePositionSchema }),
  /** In order. Senders receive their own messages too, at their position. */
  'message.received': z.strictObject({
    roomId: roomIdSchema,
    epoch: z.string(),
    messages: z.array(orderedMessageSchema),
  }),
  'message.barrage': z.strictObject({ roomId: roomIdSchema, messages: z.array(barrageMessageSchema) }),
} as const satisfies Record<string, z.ZodType>;
