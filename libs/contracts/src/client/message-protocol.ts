import { z } from 'zod';
import { wireErrorSchema } from '../errors/app-error.js';
import { barrageMessageSchema, messagePositionSchema, orderedMessageSchema } from '../events/messages.js';
import { findTextError, roomIdSchema } from '../ids.js';

/** Chosen by the sender: the same ID again within a minute is the same message. */
const clientMessageIdSchema = z.string().min(1).max(64);
/** Users that one message may name; none means everybody in the room. */
export const maxRecipients = 10;
const recipientsSchema = z
  .array(z.string('IM_USER_ID_EMPTY').superRefine(checkRecipient))
  .max(maxRecipients, 'IM_INPUT_PARAMS_LENGTH_LIMIT');
/** Rooms of one send. */
export const maxRoomsOfOneSend = 100;
/** Messages in one event, answer or callback. */
export const maxMessagesAtOnce = 50;

/** Acknowledged: stored, so that the crash of any process does not lose it. */
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

/** The part of `clientMethods` that is about messages. */
export const messageMethods = {
  'message.broadcast': {
    params: z.strictObject({
      roomId: roomIdSchema,
      content: z.string(),
      clientMessageId: clientMessageIdSchema,
    }),
    result: acknowledgedSchema,
  },
  /** The same broadcast message in several rooms, each with a result of its own. */
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
  /** Not stored: lost where it cannot be delivered at once, and the first to go under load. */
  'message.barrage': {
    params: z.strictObject({ roomId: roomIdSchema, content: z.string() }),
    result: z.strictObject({ messageId: z.string() }),
  },
  /** To the named users on all their devices; `to` empty: to everybody else in the room. */
  'message.command': {
    params: z.strictObject({
      roomId: roomIdSchema,
      content: z.string(),
      to: recipientsSchema,
      clientMessageId: clientMessageIdSchema,
    }),
    result: acknowledgedSchema,
  },
  /** Bytes that nobody looks into: to members, to the application's server, or to both. */
  'message.transparent': {
    params: z.strictObject({
      roomId: roomIdSchema,
      mode: z.enum(['clients', 'server', 'both'], 'COMMON_ILLEGAL_PARAM'),
      content: z.base64('COMMON_ILLEGAL_PARAM'),
      to: recipientsSchema,
      clientMessageId: clientMessageIdSchema,
    }),
    /** Without numbers where only the server got it. */
    result: acknowledgedSchema.partial(),
  },
  /**
   * What came after a position. `gone` says that something of it is no longer kept; what is kept comes
   * all the same. Ask again from `messages`' last one until `position` is reached.
   */
  'message.history': {
    params: z.strictObject({
      roomId: roomIdSchema,
      epoch: z.string().max(64),
      sinceSeq: z.number().int().min(0),
      /** `messageId` of the message with that number: a hint that makes the search short. */
      sinceMessageId: z.number().int().min(0).optional(),
      /** How long ago everything was known up to `sinceSeq`. */
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

/** The part of `clientEvents` that is about messages. */
export const messageEvents = {
  /**
   * Up to here the member has everything that it is owed from now on: after entering a room, and where
   * numbers were skipped. Who came from before that position asks for the history between.
   */
  'message.position': z.strictObject({ roomId: roomIdSchema, position: messagePositionSchema }),
  /** In order. A sender is sent its own messages too, in their place. */
  'message.received': z.strictObject({
    roomId: roomIdSchema,
    epoch: z.string(),
    messages: z.array(orderedMessageSchema),
  }),
  'message.barrage': z.strictObject({ roomId: roomIdSchema, messages: z.array(barrageMessageSchema) }),
} as const satisfies Record<string, z.ZodType>;
