import { z } from 'zod';
import { defineEvent } from '../define.js';
import { senderSchema, userIdSchema } from '../ids.js';

/** Kinds that are stored and ordered within their room. */
export const messageKindSchema = z.enum(['broadcast', 'command', 'transparent']);
export type MessageKind = z.infer<typeof messageKindSchema>;

/** ID of a stored message. */
export const messageIdSchema = z.number().int().min(1);

/** `chat` from a member, `system` from an application server. */
export const messageCategorySchema = z.enum(['chat', 'system']);

/** Position in a room's message log. `epoch` is empty and `seq` 0 if the log holds nothing of the room. */
export const messagePositionSchema = z.strictObject({ epoch: z.string(), seq: z.number().int().min(0) });
export type MessagePosition = z.infer<typeof messagePositionSchema>;

/** A message as stored, published to gateways and delivered to clients. */
export const orderedMessageSchema = z.strictObject({
  /** Position in the room's order: increases by one within an epoch, from 1, over all kinds. */
  seq: z.number().int().min(1),
  /**
   * The `seq` of the previous message to all members, 0 for none. A client that has received everything up to
   * it has no gap: numbers in between were addressed to other users.
   */
  prev: z.number().int().min(0),
  /** Increases within the room and is never reused there. */
  messageId: z.number().int(),
  sentAtMs: z.number().int(),
  /** A `deletion` takes a place in the order, so that every member receives it once, also after a reconnect. */
  kind: z.enum([...messageKindSchema.options, 'deletion']),
  from: senderSchema,
  /** Text; base64 if the kind is `transparent`. Empty in a `deletion` and in a deleted message. */
  content: z.string(),
  category: messageCategorySchema,
  /** Recipients; omitted: all members of the room. */
  to: z.array(userIdSchema).optional(),
  /** Only in a `deletion`, and always there: the deleted message. */
  deletes: messageIdSchema.optional(),
  /** The message was deleted: it keeps its place in the order, without its content. */
  deleted: z.literal(true).optional(),
});
export type OrderedMessage = z.infer<typeof orderedMessageSchema>;

/** What readers get of a message once it is deleted. */
export function toDeleted(message: OrderedMessage): OrderedMessage {
  return { ...message, content: '', deleted: true };
}

/** A message that is not stored: it is lost unless delivered immediately. */
export const barrageMessageSchema = z.strictObject({
  messageId: z.string(),
  sentAtMs: z.number().int(),
  from: senderSchema,
  content: z.string(),
  category: messageCategorySchema,
});
export type BarrageMessage = z.infer<typeof barrageMessageSchema>;

/**
 * The messages of a room, as published to gateways. `stored` is the exact entry of the room's log: the bus
 * server publishes it on storing.
 */
export const roomMessage = defineEvent('room.message', {
  tokens: ['appId', 'roomId'],
  payload: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('stored'),
      epoch: z.string(),
      messages: z.array(orderedMessageSchema).min(1),
      /** The senders' own message IDs, used only by the log. */
      keys: z.array(z.string()),
    }),
    z.strictObject({ type: z.literal('barrage'), message: barrageMessageSchema }),
  ]),
});
export type RoomMessage = z.infer<typeof roomMessage.payload>;
export type StoredMessages = Extract<RoomMessage, { type: 'stored' }>;
