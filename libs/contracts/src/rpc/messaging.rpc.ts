import { z } from 'zod';
import { defineRpc } from '../define.js';
import { wireErrorSchema } from '../errors/app-error.js';
import {
  messageCategorySchema,
  messageIdSchema,
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
};

/** A message to store. The caller has checked membership and right. */
export const storedSendSchema = z.strictObject({
  ...envelope,
  kind: messageKindSchema,
  /** Omitted: to all members. */
  to: z.array(userIdSchema).min(1).max(10).optional(),
  /** Only for `transparent`: the recipients. */
  mode: z.enum(['clients', 'server', 'both']).optional(),
  /** Chosen by the sender: the same ID from the same user in the same room is the same message. */
  clientMessageId: z.string().min(1).max(64),
});
export type StoredSend = z.infer<typeof storedSendSchema>;

export const sentSchema = z.strictObject({
  messageId: z.number().int(),
  seq: z.number().int(),
  sentAtMs: z.number().int(),
});

/** Counts one message of an application server before it is sent. One instance counts for the whole AppID. */
export const countServerMessage = defineRpc('messaging', 'countServerMessage', {
  authority: 'messages:send',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({}),
  errors: ['APP_CALL_TOO_FREQUENT', 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

/** Counts one deletion (`deleteMessage`) as a message of an application server. The same instance counts both. */
export const countDeletion = defineRpc('messaging', 'countDeletion', {
  authority: 'messages:delete',
  request: countServerMessage.request,
  reply: countServerMessage.reply,
  errors: countServerMessage.errors,
});

/**
 * Stores messages, each with its own outcome, in the order of `messages`. `sent` means stored and numbered in
 * the room's order; the number is missing if only the application server received it. An outcome's error is
 * one of `errors`. With a statement, an application server sends them and has counted them
 * (`countServerMessage`).
 */
export const send = defineRpc('messaging', 'send', {
  authority: {
    permission: 'messages:send',
    isOptional: true,
    appIdsOf: ({ messages }) => messages.map(({ appId }) => appId),
  },
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
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
  // Moderation and storing have their own deadlines, one after the other.
  timeoutMs: 5000,
});
export type SendOutcome = z.infer<typeof send.reply>['outcomes'][number];

/**
 * Publishes a barrage message to the current members. It is not stored. With a statement, an application server
 * sends it and has counted it.
 */
export const sendBarrage = defineRpc('messaging', 'sendBarrage', {
  authority: { permission: 'messages:send', isOptional: true },
  request: z.strictObject(envelope),
  reply: z.strictObject({ messageId: z.string() }),
  errors: [
    'IM_CONTENT_NULL',
    'IM_CONTENT_TOO_LONG',
    'IM_MESSAGE_REFUSED',
    'ROOM_CALL_API_TOO_FREQUENT',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
});

/** Updates delivered to members that are not messages: the room service stores and publishes them. */
export const updateKindSchema = z.enum(['attribute', 'streamExtraInfo', 'userName']);
export type UpdateKind = z.infer<typeof updateKindSchema>;

/**
 * Counts an update against the rates of its sender and room and moderates its texts, before the room service
 * applies it. `contents` are the texts to use, in the order of `texts`. With a statement, an application server
 * makes it: it is counted as such, by the instance that counts for the AppID.
 */
export const permitUpdate = defineRpc('messaging', 'permitUpdate', {
  authority: { permission: 'rooms:write', isOptional: true },
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    from: senderSchema,
    kind: updateKindSchema,
    /** `key` of an attribute; `content` is empty if the attribute is removed. */
    texts: z
      .array(z.strictObject({ key: z.string().optional(), content: z.string() }))
      .min(1)
      .max(100),
  }),
  reply: z.strictObject({ contents: z.array(z.string()) }),
  errors: [
    'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
    'ROOM_CALL_API_TOO_FREQUENT',
    'APP_CALL_TOO_FREQUENT',
    'IM_MESSAGE_REFUSED',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
});

/**
 * Messages of a room after a position, as far as the AppID's history reaches, oldest first. `gone`: some of
 * them are no longer stored. With `userId`, only messages addressed to that user; omitted: all, for a gateway
 * that forwards them. `position` is the room's current position.
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

/** Position of a page of stored messages: `<epoch>.<seq>` of the last message before it. */
export const messageCursorSchema = z.string().regex(/^[0-9A-Za-z-]{1,64}\.\d{1,15}$/);

/** Stored messages of a room to all and to single users, page by page, as far as the AppID's history reaches. */
export const listMessages = defineRpc('messaging', 'listMessages', {
  authority: 'messages:read',
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    /** Omitted: from the oldest one. */
    cursor: messageCursorSchema.optional(),
    limit: z.number().int().min(1).max(1000).default(100),
  }),
  reply: z.strictObject({
    /** Oldest first. */
    messages: z.array(orderedMessageSchema),
    /** For the next page. Omitted: there are no later messages. */
    next: messageCursorSchema.optional(),
    /** Messages after the cursor are no longer stored. */
    gone: z.boolean(),
  }),
  errors: ['IM_SEND_FAILED', 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

/**
 * Deletes a stored message: readers get it without its content from then on, and a `deletion` is stored and published
 * in the room's order. Idempotent. The caller has counted it (`countDeletion`).
 */
export const deleteMessage = defineRpc('messaging', 'deleteMessage', {
  authority: 'messages:delete',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, messageId: messageIdSchema }),
  reply: z.strictObject({}),
  errors: [
    'IM_MESSAGE_NOT_FOUND',
    'IM_SEND_FAILED',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
  // Reading the log and storing have their own deadlines, one after the other.
  timeoutMs: 8000,
});

/** Deletes all stored messages of an AppID that is being deleted. */
export const purgeApp = defineRpc('messaging', 'purgeApp', {
  authority: 'apps:delete',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({}),
  errors: ['IM_SEND_FAILED'],
});
