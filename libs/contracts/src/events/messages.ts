import { z } from 'zod';
import { defineEvent } from '../define.js';
import { senderSchema, userIdSchema } from '../ids.js';

/** The kinds that are stored and have a place in their room's order. */
export const messageKindSchema = z.enum(['broadcast', 'command', 'transparent']);
export type MessageKind = z.infer<typeof messageKindSchema>;

/** Who speaks: a member, or an application server for the system. */
export const messageCategorySchema = z.enum(['chat', 'system']);

/** Where a room's messages stand. `epoch` is empty and `seq` 0 while nothing of the room is kept. */
export const messagePositionSchema = z.strictObject({ epoch: z.string(), seq: z.number().int().min(0) });
export type MessagePosition = z.infer<typeof messagePositionSchema>;

/** One message as it is stored, told to gateways and handed to clients. */
export const orderedMessageSchema = z.strictObject({
  /** Its place in the room's one order: counts up by one within an epoch, from 1, over all kinds. */
  seq: z.number().int().min(1),
  /**
   * The number of the last message to everybody before it, 0 for none. Who knows everything up to there has
   * missed nothing: numbers between the two were addressed to others.
   */
  prev: z.number().int().min(0),
  /** Grows within the room and is never used there again. */
  messageId: z.number().int(),
  sentAtMs: z.number().int(),
  kind: messageKindSchema,
  from: senderSchema,
  /** Text; base64 where the kind is `transparent`. */
  content: z.string(),
  category: messageCategorySchema,
  /** To these users alone; left out: to everybody in the room. */
  to: z.array(userIdSchema).optional(),
});
export type OrderedMessage = z.infer<typeof orderedMessageSchema>;

/** A message that nobody stores: lost where it cannot be delivered at once. */
export const barrageMessageSchema = z.strictObject({
  messageId: z.string(),
  sentAtMs: z.number().int(),
  from: senderSchema,
  content: z.string(),
  category: messageCategorySchema,
});
export type BarrageMessage = z.infer<typeof barrageMessageSchema>;

/**
 * What gateways hear of a room's messages. `stored` is an entry of the room's log, word for word: the bus
 * server tells it as it stores it.
 */
export const roomMessage = defineEvent('room.message', {
  tokens: ['appId', 'roomId'],
  payload: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('stored'),
      epoch: z.string(),
      messages: z.array(orderedMessageSchema).min(1),
      /** The senders' own IDs of the messages, which only the log needs. */
      keys: z.array(z.string()),
    }),
    z.strictObject({ type: z.literal('barrage'), message: barrageMessageSchema }),
  ]),
});
export type RoomMessage = z.infer<typeof roomMessage.payload>;
export type StoredMessages = Extract<RoomMessage, { type: 'stored' }>;
