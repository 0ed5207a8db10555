import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { appIdSchema, roomIdSchema, sessionRefSchema } from '../../ids.js';
import { roomAttributeSchema } from '../room.rpc.js';

/** Redis's JSON parser rejects a lone surrogate, which is not UTF-8. */
const loneSurrogate = /\p{Cs}/u;

export const attributeKeyMaxBytes = 127;

export const attributeValueMaxBytes = 1024;

export const attributeValueSchema = z
  .string()
  .refine(
    (value) => new TextEncoder().encode(value).length <= attributeValueMaxBytes,
    'ROOM_EXTRA_INFO_VALUE_TOO_LONG',
  )
  .refine((value) => !loneSurrogate.test(value), 'COMMON_ILLEGAL_PARAM');

export const attributeChangeSchema = z.strictObject({
  key: z.string().superRefine((key, context) => {
    const bytes = new TextEncoder().encode(key).length;
    if (loneSurrogate.test(key)) {
      context.addIssue({ code: 'custom', message: 'COMMON_ILLEGAL_PARAM' });
    } else if (bytes === 0 || bytes > attributeKeyMaxBytes) {
      const message = bytes === 0 ? 'ROOM_EXTRA_INFO_KEY_EMPTY' : 'ROOM_EXTRA_INFO_KEY_TOO_LONG';
      context.addIssue({ code: 'custom', message });
    }
  }),
  /** '' removes the attribute. */
  value: attributeValueSchema,
  /** Expected version; 0 = must not exist; omitted = last write wins. */
  version: z.number().int().min(0).optional(),
});

export const attributeChangesSchema = z
  .array(attributeChangeSchema)
  .min(1, 'COMMON_ILLEGAL_PARAM')
  .max(100, 'COMMON_ILLEGAL_PARAM')
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'COMMON_ILLEGAL_PARAM');

/** The version of all attributes of a room: a hash, without the quotes of the header. */
const attributesTagSchema = z.string().max(64);

/** All attributes of a room. */
export const readRoomAttributes = defineRpc('room', 'readRoomAttributes', {
  authority: 'rooms:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: z.strictObject({ attributes: z.array(roomAttributeSchema), etag: attributesTagSchema }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Changes attributes of a room atomically. The author is the session, or the application server. */
export const setRoomAttributes = defineRpc('room', 'setRoomAttributes', {
  authority: { permission: 'rooms:write', isOptional: true },
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    session: sessionRefSchema.optional(),
    epoch: z.number().int().optional(),
    changes: attributeChangesSchema,
    /** The expected version of all attributes; the empty text stands for any. */
    ifMatch: attributesTagSchema.optional(),
  }),
  reply: z.strictObject({ attributes: z.array(roomAttributeSchema), etag: attributesTagSchema }),
  errors: [
    'ROOM_ROOMID_INCORRECT',
    'ROOM_EXTRA_INFO_CONFLICT',
    'ROOM_EXTRA_INFO_EXCEED_KEYS',
    'REST_PRECONDITION_FAILED',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
});
