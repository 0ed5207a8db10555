import { z } from 'zod';
import { defineRpc } from '../define.js';
import {
  appIdSchema,
  mediaKindSchema,
  nodeIdSchema,
  roomIdSchema,
  sessionIdSchema,
  sessionRefSchema,
  streamIdSchema,
  userIdSchema,
  userSchema,
} from '../ids.js';
import { roomAttributeSchema } from './room.rpc.js';

/** Told to those who are put out. ZEGO, `KickoutUser` and `CloseRoom`: 256 bytes. */
export const kickReasonSchema = z
  .string()
  .refine((text) => new TextEncoder().encode(text).length <= 256, 'COMMON_ILLEGAL_PARAM');

/** At most a day, like ZEGO's `SetForbidUserRule`; 0 lifts the ban. */
const banForMsSchema = z.number().int().min(0).max(86_400_000);

/** Makes a room before anybody is in it, or gives one its settings. It stays, also empty, for `keepMs`. */
export const createRoom = defineRpc('room', 'createRoom', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    maxMemberCount: z.number().int().min(0).max(1_000_000).default(0),
    keepMs: z
      .number()
      .int()
      .min(0)
      .max(30 * 86_400_000),
  }),
  reply: z.strictObject({ created: z.boolean() }),
  errors: ['ROOM_EXCEED_MAXIMUM_ROOM_COUNT'],
});

/** Puts everybody out (1002055) and ends the room. Closing a room that is not there succeeds. */
export const closeRoom = defineRpc('room', 'closeRoom', {
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, reason: kickReasonSchema.optional() }),
  reply: z.strictObject({ members: z.number().int() }),
  errors: [],
  timeoutMs: 10_000,
});

/** Puts a user out of one room, or of all where `roomId` is left out (1002055). One who is not there is no error. */
export const kickUser = defineRpc('room', 'kickUser', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema.optional(),
    userId: userIdSchema,
    reason: kickReasonSchema.optional(),
  }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: [],
});

/**
 * Keeps out: a user everywhere, everybody out of a room, a user out of a room, or an address or network. Those who are
 * in stay in: to put them out is a kick.
 */
export const setBan = defineRpc('room', 'setBan', {
  request: z
    .strictObject({
      appId: appIdSchema,
      userId: userIdSchema.optional(),
      roomId: roomIdSchema.optional(),
      /** An address, or a network in CIDR notation. */
      address: z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]).optional(),
      forMs: banForMsSchema,
    })
    .refine(
      ({ userId, roomId, address }) =>
        (address === undefined) !== (userId === undefined && roomId === undefined),
      'COMMON_ILLEGAL_PARAM',
    ),
  reply: z.strictObject({}),
  errors: [],
});

const greatestCursor = String(2n ** 64n - 1n);
/** Redis's JSON reader refuses a lone surrogate, which is not UTF-8. */
const loneSurrogate = /\p{Cs}/u;

/** Where a list of Redis goes on: an unsigned number of 64 bits. */
export const cursorSchema = z
  .string()
  .regex(/^\d{1,20}$/)
  .refine((cursor) => cursor.padStart(20, '0') <= greatestCursor);

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
  /** '' takes the attribute away. */
  value: attributeValueSchema,
  /** The version that it must have; 0 = it must not be there; left out = the last write wins. */
  version: z.number().int().min(0).optional(),
});

export const attributeChangesSchema = z
  .array(attributeChangeSchema)
  .min(1, 'COMMON_ILLEGAL_PARAM')
  .max(100, 'COMMON_ILLEGAL_PARAM')
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'COMMON_ILLEGAL_PARAM');

/** Changes attributes of a room, all or none. Without a session it is the app's server that does. */
export const setRoomAttributes = defineRpc('room', 'setRoomAttributes', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    session: sessionRefSchema.optional(),
    epoch: z.number().int().optional(),
    changes: attributeChangesSchema,
  }),
  reply: z.strictObject({ attributes: z.array(roomAttributeSchema) }),
  errors: ['ROOM_ROOMID_INCORRECT', 'ROOM_EXTRA_INFO_CONFLICT', 'ROOM_EXTRA_INFO_EXCEED_KEYS'],
});

/** Who is in a room, page by page. Somebody who comes or goes meanwhile may be missing or named twice. */
export const listMembers = defineRpc('room', 'listMembers', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    /** Left out or '0' = from the beginning. */
    cursor: cursorSchema.default('0'),
  }),
  reply: z.strictObject({
    /** '0' = that was the last page. */
    cursor: z.string(),
    members: z.array(userSchema),
  }),
  errors: [],
});

/** The rooms of a user, over all sessions. */
export const listUserRooms = defineRpc('room', 'listUserRooms', {
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({
    rooms: z.array(
      z.strictObject({ roomId: roomIdSchema, sessionId: sessionIdSchema, epoch: z.number().int() }),
    ),
  }),
  errors: [],
});

/**
 * Keeps one kind of a stream from a room, or gives it back, whatever the publisher wishes. The rule holds for a
 * stream that is shown later as well, and ends with the room.
 */
export const setStreamMute = defineRpc('room', 'setStreamMute', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    streamId: streamIdSchema,
    kind: mediaKindSchema,
    muted: z.boolean(),
  }),
  /** All that is kept from the room now. */
  reply: z.strictObject({ kinds: z.array(mediaKindSchema) }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** What operators keep from a room of a stream. Nothing where there is no such room. */
export const readStreamMutes = defineRpc('room', 'readStreamMutes', {
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ kinds: z.array(mediaKindSchema) }),
  errors: [],
});

/** On which media node a stream is published, in whichever rooms it is shown. */
export const findStream = defineRpc('room', 'findStream', {
  request: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ nodeId: nodeIdSchema }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST'],
});
