import { z } from 'zod';
import { defineRpc } from '../define.js';
import { wireErrorSchema } from '../errors/app-error.js';
import {
  messageCategorySchema,
  messageKindSchema,
  messagePositionSchema,
  orderedMessageSchema,
} from '../events/messages.js';
import { appIdSchema, roomIdSchema, senderSchema, userIdSchema } from '../ids.js';

const envelope = {
  appId: appIdSchema,
  roomId: roomIdSchema,
  from: senderSchema,
  content: z.string(),
  category: messageCategorySchema,
  /** It comes from an application server, and was counted as such (`countServerMessage`). */
  viaServer: z.boolean().optional(),
};

/** One message to store. The caller has checked the membership and the right. */
export const storedSendSchema = z.strictObject({
  ...envelope,
  kind: messageKindSchema,
  /** Left out: to everybody. */
  to: z.array(userIdSchema).min(1).max(10).optional(),
  /** With `transparent`: whom it is for. */
  mode: z.enum(['clients', 'server', 'both']).optional(),
  /** Chosen by the sender: the same ID of the same user in the same room again is the same message. */
  clientMessageId: z.string().min(1).max(64),
});
export type StoredSend = z.infer<typeof storedSendSchema>;

const sentSchema = z.strictObject({
  messageId: z.number().int(),
  seq: z.number().int(),
  sentAtMs: z.number().int(),
});

/** Counts one message of an application server before it is sent. One instance counts all of an AppID. */
export const countServerMessage = defineRpc('messaging', 'countServerMessage', {
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({}),
  errors: ['APP_CALL_TOO_FREQUENT'],
});

/**
 * Stores messages, each with an outcome of its own, in the order of `messages`. `sent` means: stored and
 * numbered in its room's one order; it is without numbers where only the application's server got it.
 * An outcome's error is one of `errors`.
 */
export const send = defineRpc('messaging', 'send', {
  request: z.strictObject({ messages: z.array(storedSendSchema).min(1).max(64) }),
  reply: z.strictObject({
    outcomes: z.array(
      z.union([z.strictObject({ sent: sentSchema.partial() }), z.strictObject({ error: wireErrorSchema })]),
    ),
  }),
  errors: [
    'IM_CONTENT_NULL',
    'IM_CONTENT_TOO_LONG',
    'IM_INPUT_PARAMS_LENGTH_LIMIT',
    'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
    'IM_MESSAGE_REFUSED',
    'ROOM_CALL_API_TOO_FREQUENT',
    'IM_STORAGE_QUOTA_EXCEEDED',
    'IM_SEND_FAILED',
  ],
  // Moderation and storing have deadlines of their own, one after the other.
  timeoutMs: 5000,
});
export type SendOutcome = z.infer<typeof send.reply>['outcomes'][number];

/** Tells a barrage message to those who are there now. Nothing is stored. */
export const sendBarrage = defineRpc('messaging', 'sendBarrage', {
  request: z.strictObject(envelope),
  reply: z.strictObject({ messageId: z.string() }),
  errors: ['IM_CONTENT_NULL', 'IM_CONTENT_TOO_LONG', 'IM_MESSAGE_REFUSED', 'ROOM_CALL_API_TOO_FREQUENT'],
});

/** What reaches the members of a room without being a message: the room service keeps and publishes it. */
export const updateKindSchema = z.enum(['attribute', 'streamExtraInfo', 'userName']);
export type UpdateKind = z.infer<typeof updateKindSchema>;

/**
 * Counts an update against the rates of its sender and its room and has its texts moderated, before the room
 * service is asked to make it. `contents` are the texts to go on with, in the order of `texts`.
 */
export const permitUpdate = defineRpc('messaging', 'permitUpdate', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    from: senderSchema,
    kind: updateKindSchema,
    /** `key` of an attribute; its `content` is empty where the attribute is removed. */
    texts: z
      .array(z.strictObject({ key: z.string().optional(), content: z.string() }))
      .min(1)
      .max(100),
    /** An application server sends it: counted as such, and asked of the instance that counts for the AppID. */
    viaServer: z.boolean().optional(),
  }),
  reply: z.strictObject({ contents: z.array(z.string()) }),
  errors: [
    'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
    'ROOM_CALL_API_TOO_FREQUENT',
    'APP_CALL_TOO_FREQUENT',
    'IM_MESSAGE_REFUSED',
  ],
});

/**
 * What came in a room after a position, as far as the AppID's history reaches, oldest first. `gone`:
 * something of it is no longer kept. `userId` sees what is addressed to it; left out: everything, as a
 * gateway needs it that passes it on. `position` is where the room stands now.
 */
export const readHistory = defineRpc('messaging', 'readHistory', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    userId: userIdSchema.optional(),
    epoch: z.string().max(64),
    sinceSeq: z.number().int().min(0),
    sinceMessageId: z.number().int().min(0).optional(),
    awayMs: z.number().int().min(0).optional(),
    limit: z.number().int().min(0).max(1000),
  }),
  reply: z.strictObject({
    position: messagePositionSchema,
    gone: z.boolean(),
    messages: z.array(orderedMessageSchema),
  }),
  errors: ['IM_SEND_FAILED'],
});
